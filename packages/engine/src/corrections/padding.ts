import type { KernelAttributes } from '../kernel-attributes.js';

type Sides = [number, number];
type ExplicitPadding = [Sides, Sides, Sides, Sides];

/** The `pad` of a convolution or pooling call, in each way that TensorFlow.js states it. */
export function paddingOf(attributes: KernelAttributes): 'same' | 'valid' | number | ExplicitPadding {
  const pad = attributes.raw('pad');
  if (pad === 'same' || pad === 'valid' || typeof pad === 'number') return pad;
  const rows = attributes.rows('pad');
  const sides = (axis: number): Sides => [rows[axis][0], rows[axis][1]];
  return [sides(0), sides(1), sides(2), sides(3)];
}

/** The padding of a call on volumes, which takes no list. */
export function volumePaddingOf(attributes: KernelAttributes): 'same' | 'valid' | number {
  const pad = attributes.raw('pad');
  return pad === 'same' || pad === 'valid' ? pad : attributes.number('pad');
}
