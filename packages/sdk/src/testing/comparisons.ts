import type { NamedValues, TensorValue } from '@query2label/engine';
import { ensure } from './conformance.js';

/** @throws if any element is infinite or not a number */
export function ensureFinite(what: string, { data, shape }: TensorValue): void {
  const index = Array.from(data).findIndex((value) => !Number.isFinite(value));
  ensure(
    index < 0,
    `${what} [${shape.join(', ')}] holds ${data[index]} at element ${index}. All values must be finite.`,
  );
}

/** @throws if shapes differ or elements differ by more than the tolerance, relative to the largest one */
export function ensureClose(what: string, actual: TensorValue, expected: TensorValue, tolerance: number): void {
  ensure(
    actual.shape.join() === expected.shape.join(),
    `${what}: shape [${actual.shape.join(', ')}] instead of [${expected.shape.join(', ')}].`,
  );
  let scale = 1e-6;
  for (const value of expected.data) scale = Math.max(scale, Math.abs(value));
  for (let index = 0; index < expected.data.length; index++) {
    const difference = Math.abs(actual.data[index] - expected.data[index]);
    ensure(
      difference <= tolerance * scale,
      `${what}: element ${index} is ${actual.data[index]} instead of ${expected.data[index]} (largest ${scale}, tolerance ${tolerance}).`,
    );
  }
}

/** {@link ensureClose} for each tensor of two results with the same names. */
export function ensureAllClose(what: string, actual: NamedValues, expected: NamedValues, tolerance: number): void {
  const [names, expectedNames] = [Object.keys(actual).sort(), Object.keys(expected).sort()];
  ensure(names.join() === expectedNames.join(), `${what}: ${names.join(', ')} instead of ${expectedNames.join(', ')}.`);
  for (const name of names) ensureClose(`${what}, "${name}"`, actual[name], expected[name], tolerance);
}

/** The part of a batch that belongs to its first image. */
export function firstOfBatch({ dtype, shape, data }: TensorValue): TensorValue {
  return { dtype, shape: [1, ...shape.slice(1)], data: data.slice(0, data.length / shape[0]) };
}
