import type { NamedAttrMap } from '@tensorflow/tfjs';
import { KernelAttributes } from '../kernel-attributes.js';

/** Elements added before and after an image on each spatial axis. */
export interface Margins {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/**
 * What a call pads its image by, where padding is stated as numbers; undefined where it is `same` or `valid`, which
 * TensorFlow understands.
 * @param image extents of the spatial axes: `[height, width]` or `[depth, height, width]`
 * @param kernel extents of the window on the same axes
 */
export function marginsOf(
  attrs: NamedAttrMap,
  image: readonly number[],
  kernel: readonly number[],
): Margins | undefined {
  const attributes = new KernelAttributes('of windows', attrs);
  const pad = attributes.raw('pad');
  if (pad === 'same' || pad === 'valid') return undefined;
  const strides = onAxes(attributes, 'strides', image.length);
  const dilations = onAxes(attributes, 'dilations', image.length);
  const round = rounding(attributes.text('dimRoundingMode', 'floor'));
  const margins = image.map((length, axis) => {
    const [before, after] = typeof pad === 'number' ? [pad, pad] : attributes.rows('pad')[axis + 1];
    const reach = (kernel[axis] - 1) * dilations[axis] + 1;
    const size = round((length - reach + before + after) / strides[axis] + 1);
    // Rounding up lets the last window reach beyond the padding.
    return [before, Math.max(after, (size - 1) * strides[axis] + reach - length - before)];
  });
  return { before: margins.map(([before]) => before), after: margins.map(([, after]) => after) };
}

/** The window of a pooling on each of its spatial axes. */
export function poolWindowOf(attrs: NamedAttrMap, axes: number): readonly number[] {
  return onAxes(new KernelAttributes('of a pooling', attrs), 'filterSize', axes);
}

function onAxes(attributes: KernelAttributes, name: string, count: number): readonly number[] {
  const stated = attributes.has(name) ? attributes.numbers(name) : [1];
  return stated.length === 1 ? Array.from({ length: count }, () => stated[0]) : stated;
}

function rounding(mode: string): (size: number) => number {
  if (mode === 'ceil') return Math.ceil;
  return mode === 'round' ? Math.round : Math.floor;
}
