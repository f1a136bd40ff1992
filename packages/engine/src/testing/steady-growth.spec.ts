import { describe, expect, it } from '@jest/globals';
import { steadyGrowth } from './steady-growth.js';

const RUNS = 500;
const MEBIBYTE = 2 ** 20;
const growth = (...mebibytes: number[]) =>
  steadyGrowth(mebibytes.map((size, index) => ({ runs: RUNS * index, bytes: size * MEBIBYTE })));

describe('steadyGrowth', () => {
  it('is the growth of each run', () => {
    expect(growth(400, 401, 402, 403, 404)).toBe(MEBIBYTE / RUNS);
  });

  it('sees through one jump up and one down, not through two', () => {
    expect(growth(400, 350, 350, 450, 450)).toBe(0);
    expect(growth(400, 350, 351, 451, 452)).toBe(MEBIBYTE / RUNS);
    expect(growth(400, 400, 500, 600, 600)).toBeCloseTo((100 * MEBIBYTE) / (2 * RUNS), 6);
  });

  it('takes four samples or more', () => {
    expect(() => growth(400, 400, 400)).toThrow('Steady growth shows in four samples or more; it received 3.');
  });
});
