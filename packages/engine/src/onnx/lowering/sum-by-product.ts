import type { Emitter } from './emitter.js';
import type { Lowered } from './lowered.js';

/** Elements from which on a sum is computed as a product. */
const MANY = 2 ** 15;
/** Elements of one sum. */
const FEWEST = 16;
const MOST = 2 ** 14;

/**
 * A sum over the first axes in memory, or over the last ones, as the product with a row or a column of equal factors: ONNX Runtime does that
 * three to six times as fast, also with several threads.
 * @param axes in memory, ascending
 * @param average whether the sum is divided by the number of its elements
 * @returns the tensor, of the extents that `ReduceSum` would give it; undefined where it is left to that
 */
export function sumByProduct(
  emitter: Emitter,
  x: Lowered,
  axes: readonly number[],
  { average, keepDimensions }: { readonly average: boolean; readonly keepDimensions: boolean },
): string | undefined {
  const size = x.dims.reduce((product, extent) => product * extent, 1);
  const summed = axes.reduce((product, axis) => product * (x.dims[axis] ?? 1), 1);
  const [first = 0] = axes;
  const last = axes[axes.length - 1] ?? 0;
  const adjacent = last - first === axes.length - 1;
  const [isFirst, isLast] = [first === 0, last === x.dims.length - 1];
  if (emitter.channelBlock === undefined || x.dtype !== 'float32' || size < MANY || size === summed) return undefined;
  if (!adjacent || isFirst === isLast || summed < FEWEST || summed > MOST) return undefined;
  const others = size / summed;
  const factors = factorsOf(emitter, average ? 1 / summed : 1, isLast ? [summed, 1] : [1, summed]);
  const matrix = emitter.reshape(x.name, isLast ? [others, summed] : [summed, others]);
  const product = emitter.emit('MatMul', isLast ? [matrix, factors] : [factors, matrix]);
  const left = x.dims.flatMap((extent, axis) => (axes.includes(axis) ? (keepDimensions ? [1] : []) : [extent]));
  return emitter.reshape(product, left);
}

function factorsOf(emitter: Emitter, factor: number, dims: readonly [number, number]): string {
  return emitter.tableOf(`factors ${factor} ${dims.join(',')}`, () => ({
    ...{ type: 'float32', dims },
    data: new Float32Array(dims[0] * dims[1]).fill(factor),
  }));
}
