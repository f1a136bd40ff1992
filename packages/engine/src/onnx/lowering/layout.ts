import type { TensorData } from '../../engine.js';
import { allocate, sizeOf } from '../../tensor-value.js';
import type { TensorDataType } from '../../engine.js';

/**
 * The order of a tensor's axes in memory: physical axis j holds logical axis `layout[j]`. A transposition in a program
 * changes the layout and moves nothing.
 */
export type Layout = readonly number[];

/** NHWC images held as NCHW. */
export const CHANNELS_FIRST: Layout = [0, 3, 1, 2];

/** HWIO filters held as OIHW. */
export const FILTER_OIHW: Layout = [3, 2, 0, 1];

export function identityLayout(rank: number): Layout {
  return Array.from({ length: rank }, (_, axis) => axis);
}

export function isIdentity(layout: Layout): boolean {
  return layout.every((axis, position) => axis === position);
}

export function sameLayout(a: Layout, b: Layout): boolean {
  return a.length === b.length && a.every((axis, position) => axis === b[position]);
}

/** The layout that undoes another: where each logical axis is in memory. */
export function inverseLayout(layout: Layout): Layout {
  const inverse = new Array<number>(layout.length).fill(0);
  layout.forEach((axis, position) => (inverse[axis] = position));
  return inverse;
}

/** The extents in memory of a tensor of a logical shape. */
export function physicalDims(shape: readonly number[], layout: Layout): readonly number[] {
  return layout.map((axis) => shape[axis] ?? 1);
}

/**
 * Copies row-major data of `dims` so that axis j of the result is axis `permutation[j]`.
 * @returns the data itself if nothing moves
 */
export function permuteData(
  data: TensorData,
  dtype: TensorDataType,
  dims: readonly number[],
  permutation: readonly number[],
): TensorData {
  if (isIdentity(permutation)) return data;
  const strides = new Array<number>(dims.length).fill(1);
  for (let axis = dims.length - 2; axis >= 0; axis--) strides[axis] = (strides[axis + 1] ?? 1) * (dims[axis + 1] ?? 1);
  const extents = permutation.map((axis) => dims[axis] ?? 1);
  const steps = permutation.map((axis) => strides[axis] ?? 1);
  const result = allocate(dtype, sizeOf(dims));
  const last = extents.length - 1;
  const [lastExtent, lastStep] = [extents[last] ?? 1, steps[last] ?? 1];
  let position = 0;
  const copy = (axis: number, from: number): void => {
    if (axis === last) {
      for (let index = 0, source = from; index < lastExtent; index++, source += lastStep) {
        result[position++] = data[source] ?? 0;
      }
      return;
    }
    const step = steps[axis] ?? 1;
    for (let index = 0; index < (extents[axis] ?? 0); index++) copy(axis + 1, from + index * step);
  };
  copy(0, 0);
  return result;
}
