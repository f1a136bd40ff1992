import { describe, expect, it } from '@jest/globals';
import { relativeError } from './compare-engines.js';

const floats = (...values: number[]) => ({
  dtype: 'float32' as const,
  shape: [values.length],
  data: Float32Array.from(values),
});

describe('the comparison of engines', () => {
  it.each([
    ['a difference', floats(1, 2), floats(1, 3), 0.5],
    ['a difference beside a larger element that is equal', floats(4, 0.5), floats(4, 0.75), 0.0625],
    ['a missing element', floats(1, 2), floats(1), Infinity],
    ['a NaN on one side', floats(1, NaN), floats(1, 2), Infinity],
    ['a NaN on the other', floats(1, 2), floats(1, NaN), Infinity],
    ['NaN on both sides', floats(NaN), floats(NaN), 0],
    ['infinities', floats(Infinity), floats(Infinity), 0],
  ])('sees %s', (_, a, b, error) => {
    expect(relativeError(a, b)).toBe(error);
  });
});
