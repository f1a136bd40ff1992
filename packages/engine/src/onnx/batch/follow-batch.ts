import type { OnnxData, OnnxInitializer, OnnxType } from '../format/model.js';

/** A table that follows the batch: element i is `slope[i] * batch + offset[i]`. */
export interface BatchTable {
  readonly type: OnnxType;
  readonly dims: readonly number[];
  readonly slope: readonly number[];
  readonly offset: readonly number[];
}

/** Element types of numbers that a lowering derives from lengths. */
const LENGTH_TYPES: readonly OnnxType[] = ['int64', 'int32', 'float32'];

export function sameTable(a: OnnxInitializer, b: OnnxInitializer): boolean {
  if (a.type !== b.type || a.dims.join() !== b.dims.join()) return false;
  return a.data === b.data || equalData(a.data, b.data);
}

function equalData(a: OnnxData, b: OnnxData): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (!Object.is(a[index], b[index])) return false;
  return true;
}

/**
 * Finds how a list of lengths follows the batch, from its values at several sizes.
 * @returns undefined unless every element is a whole multiple of the batch plus a whole number at all the sizes
 */
export function followBatch(tables: readonly OnnxInitializer[], batches: readonly number[]): BatchTable | undefined {
  const [first, second] = tables;
  const [firstBatch, secondBatch] = batches;
  if (first === undefined || second === undefined || firstBatch === undefined || secondBatch === undefined) return;
  const alike = tables.every(({ type, dims }) => type === first.type && dims.join() === first.dims.join());
  if (!alike || first.dims.length > 1 || !LENGTH_TYPES.includes(first.type)) return undefined;
  const [values, others] = [numbersOf(first), numbersOf(second)];
  const slope = values.map((value, index) => ((others[index] ?? NaN) - value) / (secondBatch - firstBatch));
  const offset = values.map((value, index) => value - (slope[index] ?? NaN) * firstBatch);
  const proved = tables.every((table, recording) =>
    numbersOf(table).every(
      (value, index) => value === (slope[index] ?? NaN) * (batches[recording] ?? NaN) + (offset[index] ?? NaN),
    ),
  );
  if (!proved || ![...slope, ...offset].every(Number.isSafeInteger)) return undefined;
  return { type: first.type, dims: first.dims, slope, offset };
}

function numbersOf({ data }: OnnxInitializer): readonly number[] {
  return Array.from<number | bigint, number>(data, Number);
}
