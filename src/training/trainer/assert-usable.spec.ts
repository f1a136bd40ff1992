import { describe, expect, it } from '@jest/globals';
import type { TensorValue } from '@query2label/engine';
import { assertUsable } from './assert-usable.js';

const tensor = (...data: number[]): TensorValue => ({
  dtype: 'float32',
  shape: [data.length],
  data: Float32Array.from(data),
});

describe('values that a checkpoint is to keep', () => {
  it.each([
    ['not a number', NaN],
    ['infinite', -Infinity],
    ['finite, but its square is not', 2e19],
    ['finite, but its square is not, below zero', -3e38],
  ])('are refused when one is %s', (_, value) => {
    const values = { 'fc.b': tensor(0, 1), 'fc.W': tensor(1, value, 2) };
    expect(() => assertUsable(values, 8)).toThrow(
      /After step 7, "fc\.W" holds values that are not numbers, or too large/,
    );
  });

  it('pass when they are large, small or whole numbers', () => {
    const steps: TensorValue = { dtype: 'int32', shape: [1], data: Int32Array.of(2 ** 31 - 1) };
    expect(() => assertUsable({ large: tensor(1e19, -1e19, 0, 1e-45), steps }, 8)).not.toThrow();
  });
});
