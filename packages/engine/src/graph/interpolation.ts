import type { ResizeAttributes } from './attributes.js';

function place({ alignCorners, halfPixelCenters }: ResizeAttributes, from: number, to: number, index: number): number {
  const scale = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
  return halfPixelCenters ? scale * (index + 0.5) : scale * index;
}

/** The row (or column) that each row of an image resized to its nearest neighbours takes. */
export function nearestSources(attributes: ResizeAttributes, from: number, to: number): Int32Array {
  return Int32Array.from({ length: to }, (_, index) => {
    const source = place(attributes, from, to, index);
    return Math.max(0, Math.min(from - 1, attributes.alignCorners ? Math.round(source) : Math.floor(source)));
  });
}

/** What each row of the original gives to each row of the resized image: `[from, to]`, row-major. */
export function interpolationMatrix(
  method: 'bilinear' | 'nearest',
  attributes: ResizeAttributes,
  from: number,
  to: number,
): Float32Array {
  const matrix = new Float32Array(from * to);
  const add = (source: number, target: number, weight: number) => {
    const index = source * to + target;
    matrix[index] = (matrix[index] ?? 0) + weight;
  };
  if (method === 'nearest') {
    nearestSources(attributes, from, to).forEach((source, target) => add(source, target, 1));
    return matrix;
  }
  for (let target = 0; target < to; target++) {
    const centre = place(attributes, from, to, target) - (attributes.halfPixelCenters ? 0.5 : 0);
    const above = Math.max(0, Math.floor(centre));
    const fraction = Math.max(0, centre - above);
    add(above, target, 1 - fraction);
    add(Math.min(from - 1, above + 1), target, fraction);
  }
  return matrix;
}
