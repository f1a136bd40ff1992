import { describe, expect, it } from '@jest/globals';
import { normalizeRange, upsampleBilinear } from './heat-map.js';

describe('upsampleBilinear', () => {
  it('keeps the value of each cell at its centre', () => {
    const grid = { rows: 2, columns: 3, values: Float32Array.of(1, 2, 3, 4, 5, 6) };
    const out = upsampleBilinear(grid, 6, 9); // odd scale: pixel 1 of 3 lies on the centre of a cell
    const at = (y: number, x: number) => out[y * 9 + x];
    expect([at(1, 1), at(1, 4), at(1, 7)]).toEqual([1, 2, 3]);
    expect([at(4, 1), at(4, 4), at(4, 7)]).toEqual([4, 5, 6]);
  });

  it('goes straight from one centre to the next and holds the edge value beyond the outer ones', () => {
    const out = upsampleBilinear({ rows: 1, columns: 2, values: Float32Array.of(0, 8) }, 1, 8);
    expect([...out]).toEqual([0, 0, 1, 3, 5, 7, 8, 8]);
  });

  it('gives back a map of its own size unchanged', () => {
    const values = Float32Array.of(0.5, 0.25, 0.125, 0.125);
    expect([...upsampleBilinear({ rows: 2, columns: 2, values }, 2, 2)]).toEqual([...values]);
  });

  it.each([
    ['a value too few', { rows: 2, columns: 2, values: new Float32Array(3) }, 'expected 4 values, received 3'],
    ['no rows', { rows: 0, columns: 2, values: new Float32Array(0) }, 'positive whole rows'],
    ['a NaN', { rows: 1, columns: 1, values: Float32Array.of(NaN) }, 'finite'],
  ])('refuses %s', (_, grid, message) => {
    expect(() => upsampleBilinear(grid, 4, 4)).toThrow(message);
  });
});

describe('normalizeRange', () => {
  it('maps the least to 0 and the greatest to 1', () => {
    expect([...normalizeRange(Float32Array.of(2, 3, 4))]).toEqual([0, 0.5, 1]);
  });

  it('turns a flat map into zeros', () => {
    expect([...normalizeRange(Float32Array.of(0.25, 0.25))]).toEqual([0, 0]);
  });
});
