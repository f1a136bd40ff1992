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
