import type { NamedAttrMap } from '@tensorflow/tfjs';
import { EngineError } from '../errors.js';

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
  const pad: unknown = attrs.pad;
  if (pad === 'same' || pad === 'valid') return undefined;
  const strides = onAxes('strides', attrs.strides ?? 1, image.length);
  const dilations = onAxes('dilations', attrs.dilations ?? 1, image.length);
  const margins = image.map((length, axis) => {
    const [before, after] = statedPadding(pad, axis);
    const reach = (kernel[axis] - 1) * dilations[axis] + 1;
    const size = rounding(attrs.dimRoundingMode)((length - reach + before + after) / strides[axis] + 1);
    // Rounding up lets the last window reach beyond the padding.
    return [before, Math.max(after, (size - 1) * strides[axis] + reach - length - before)];
  });
  return { before: margins.map(([before]) => before), after: margins.map(([, after]) => after) };
}

/** One number for each spatial axis. */
export function onAxes(name: string, value: unknown, count: number): readonly number[] {
  if (typeof value === 'number') return Array.from({ length: count }, () => value);
  if (Array.isArray(value) && value.every((element) => typeof element === 'number')) {
    if (value.length === 1) return Array.from({ length: count }, () => Number(value[0]));
    if (value.length === count) return value.map(Number);
  }
  throw new EngineError(`A kernel needs ${count} numbers for its attribute ${name}.`);
}

function statedPadding(pad: unknown, axis: number): readonly [number, number] {
  if (typeof pad === 'number') return [pad, pad];
  const rows: unknown = pad;
  const row: unknown = Array.isArray(rows) ? rows[axis + 1] : undefined;
  if (!Array.isArray(row)) throw new EngineError('A kernel needs a number or a pair for each axis as its padding.');
  return [Number(row[0]), Number(row[1])];
}

function rounding(mode: unknown): (size: number) => number {
  if (mode === 'ceil') return Math.ceil;
  return mode === 'round' ? Math.round : Math.floor;
}
