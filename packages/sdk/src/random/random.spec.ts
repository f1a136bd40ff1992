import { describe, expect, it } from '@jest/globals';
import { hostNormal, hostRandom, initialValues, keyOf, keyValue, permutation } from './index.js';
import { philox } from './philox.js';

describe('philox', () => {
  // Known answers published with the generator's reference implementation (Random123, kat_vectors).
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)('gives the published words for counter %j and key %j', (counter, key, expected) => {
    const output = new Uint32Array(4);
    philox(counter, key, output);
    expect([...output]).toEqual(expected);
  });
});

/** Pearson's statistic of counts that should be equal. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

function correlation(a: Float64Array, b: Float64Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i] - 0.5) * (b[i] - 0.5);
    aa += (a[i] - 0.5) ** 2;
    bb += (b[i] - 0.5) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

function uniforms(count: number, ...key: Parameters<typeof keyOf>): Float64Array {
  const random = hostRandom(keyOf(...key));
  return Float64Array.from({ length: count }, () => random.uniform());
}

describe('hostRandom', () => {
  it('is uniform: 100,000 draws in 100 cells stay within the 99.9 % bound of chi-square', () => {
    const counts = new Array<number>(100).fill(0);
    for (const value of uniforms(100_000, 7, 'test')) counts[Math.floor(value * 100)]++;
    expect(chiSquare(counts)).toBeLessThan(149);
    expect(chiSquare(counts)).toBeGreaterThan(60);
  });

  it('is independent between neighbouring keys and between neighbouring draws', () => {
    const count = 20_000;
    const bound = 4 / Math.sqrt(count);
    const first = uniforms(count, 7, 'dropout', 3, 10);
    expect(Math.abs(correlation(first, uniforms(count, 7, 'dropout', 3, 11)))).toBeLessThan(bound);
    expect(Math.abs(correlation(first, uniforms(count, 7, 'dropout', 4, 10)))).toBeLessThan(bound);
    expect(Math.abs(correlation(first, uniforms(count, 8, 'dropout', 3, 10)))).toBeLessThan(bound);
    expect(Math.abs(correlation(first.slice(0, -1), first.slice(1)))).toBeLessThan(bound);
  });

  it('gives the same numbers for the same key', () => {
    expect(uniforms(10, 1, 'a', 2)).toEqual(uniforms(10, 1, 'a', 2));
  });

  it('draws integers without favouring any', () => {
    const random = hostRandom(keyOf(1, 'integers'));
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[random.integer(7)]++;
    expect(chiSquare(counts)).toBeLessThan(22.5);
    expect(() => random.integer(0)).toThrow(/from 1 to 2\^32; received 0/);
  });

  it('draws normals of mean 0 and variance 1', () => {
    const random = hostRandom(keyOf(2, 'normals'));
    const values = Float64Array.from({ length: 40_000 }, () => hostNormal(random));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
  });
});

describe('keyOf', () => {
  it('tells apart every part, its type and its place', () => {
    const keys = [
      keyOf(1),
      keyOf(2),
      keyOf(1, 'a'),
      keyOf(1, 'a', 'b'),
      keyOf(1, 'ab'),
      keyOf(1, 'b', 'a'),
      keyOf(1, 1),
      keyOf(1, '1'),
      keyOf(1, 'a', 0),
      keyOf(1, 0, 'a'),
      keyOf(1, ''),
      keyOf(1, '12345678'),
      keyOf(1, '12345678', ''),
      keyOf(1, 2 ** 32 + 1),
    ].map(String);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('never changes: checkpoints of older versions must resume', () => {
    expect(keyOf(42, 'shuffle', 3)).toEqual([3356144840, 3705621108]);
    expect(keyValue(keyOf(42, 'shuffle', 3))).toMatchObject({ dtype: 'int32', shape: [2] });
  });

  it('refuses numbers that are not whole', () => {
    expect(() => keyOf(1.5)).toThrow(/received the number 1.5/);
    expect(() => keyOf(1, -1)).toThrow(/received the number -1/);
  });
});

describe('permutation', () => {
  it('holds every index once, in an order that depends on the key', () => {
    const order = permutation(keyOf(3, 'shuffle', 0), 100);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index));
    expect(order).not.toEqual(permutation(keyOf(3, 'shuffle', 1), 100));
    expect(permutation(keyOf(3), 0)).toHaveLength(0);
  });

  it('takes each of the six orders of three equally often', () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = permutation(keyOf(5, 'orders', i), 3).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    expect(chiSquare([...counts.values()])).toBeLessThan(20.5);
  });
});

describe('initialValues', () => {
  const spec = { name: 'fc.weight', shape: [50, 40], role: 'trainable' } as const;

  it('draws from the named distribution', async () => {
    const uniform = await initialValues({ ...spec, initializer: { kind: 'uniform', bound: 0.25 } }, 1);
    expect(Math.max(...uniform)).toBeLessThanOrEqual(0.25);
    expect(Math.max(...uniform)).toBeGreaterThan(0.24);
    expect(Math.min(...uniform)).toBeLessThan(-0.24);
    const normal = await initialValues({ ...spec, initializer: { kind: 'normal', standardDeviation: 2 } }, 1);
    const variance = normal.reduce((sum, value) => sum + value ** 2, 0) / normal.length;
    expect(Math.abs(variance - 4)).toBeLessThan(0.5);
    expect(new Set(await initialValues({ ...spec, initializer: { kind: 'constant', value: 3 } }, 1))).toEqual(
      new Set([3]),
    );
  });

  it('depends on seed and name only', async () => {
    const initializer = { kind: 'uniform', bound: 1 } as const;
    const values = await initialValues({ ...spec, initializer }, 1);
    expect(await initialValues({ ...spec, initializer }, 1)).toEqual(values);
    expect(await initialValues({ ...spec, initializer }, 2)).not.toEqual(values);
    expect(await initialValues({ ...spec, name: 'other', initializer }, 1)).not.toEqual(values);
  });

  it('refuses loaded values of another size, naming the parameter', async () => {
    const initializer = { kind: 'values', load: () => new Float32Array(3) } as const;
    await expect(initialValues({ ...spec, initializer }, 1)).rejects.toThrow(
      /"fc.weight" is declared as \[50, 40\], 2000 values, but 3/,
    );
  });
});
