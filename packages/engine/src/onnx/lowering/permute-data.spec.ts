import { describe, expect, it } from '@jest/globals';
import { permuteData } from './permute-data.js';

const permutations = (axes: readonly number[]): number[][] =>
  axes.length < 2
    ? [[...axes]]
    : axes.flatMap((axis) => permutations(axes.filter((other) => other !== axis)).map((rest) => [axis, ...rest]));

const numbered = (size: number) => Float32Array.from({ length: size }, (_, index) => index);

/** Where an element of row-major data lies. */
function coordinates(place: number, extents: readonly number[]): number[] {
  let rest = place;
  const reversed = extents.toReversed().map((extent) => {
    const index = rest % extent;
    rest = (rest - index) / extent;
    return index;
  });
  return reversed.toReversed();
}

describe('permuteData', () => {
  it.each([[[5, 7]], [[3, 1, 4]], [[2, 3, 70, 40]], [[1, 1, 33, 65]], [[2, 3, 2, 5, 4]]])(
    'moves every element of %j to its place, in every order of the axes',
    (dims) => {
      const data = numbered(dims.reduce((size, extent) => size * extent, 1));
      for (const permutation of permutations(dims.map((_, axis) => axis))) {
        const result = permuteData(data, 'float32', dims, permutation);
        const extents = permutation.map((axis) => dims[axis] ?? 1);
        const expected = data.map((_, place) => {
          const there = coordinates(place, extents);
          const here = dims.map((_extent, axis) => there[permutation.indexOf(axis)] ?? 0);
          return here.reduce((offset, index, axis) => offset * (dims[axis] ?? 1) + index, 0);
        });
        expect(result).toEqual(expected);
      }
    },
  );

  it('keeps the bits of numbers, of bytes too', () => {
    const bits = Int32Array.of(0x7fc00001, -1, 0x00000001, -2147483648, 5, 6);
    const floats = permuteData(new Float32Array(bits.buffer), 'float32', [2, 3], [1, 0]);
    expect(floats).toBeInstanceOf(Float32Array);
    expect([...new Int32Array(floats.buffer)]).toEqual([0x7fc00001, -2147483648, -1, 5, 1, 6]);
    expect(permuteData(bits, 'int32', [2, 3], [1, 0])).toEqual(Int32Array.of(0x7fc00001, -2147483648, -1, 5, 1, 6));
    expect(permuteData(Uint8Array.of(0, 1, 1, 0, 0, 1), 'bool', [2, 3], [1, 0])).toEqual(
      Uint8Array.of(0, 0, 1, 0, 1, 1),
    );
  });

  it('reads a part of a larger array', () => {
    const part = numbered(20).subarray(8, 14);
    expect(permuteData(part, 'float32', [2, 3], [1, 0])).toEqual(Float32Array.of(8, 11, 9, 12, 10, 13));
  });

  it('gives the data itself where nothing moves', () => {
    const data = numbered(6);
    expect(permuteData(data, 'float32', [2, 3], [0, 1])).toBe(data);
    expect(permuteData(data, 'float32', [2, 1, 3], [1, 0, 2])).toBe(data);
    expect(permuteData(data, 'float32', [], [])).toBe(data);
  });

  it('takes data of no elements', () => {
    expect(permuteData(new Float32Array(0), 'float32', [0, 3, 2], [2, 1, 0])).toHaveLength(0);
  });
});
