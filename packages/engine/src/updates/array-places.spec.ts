import { describe, expect, it } from '@jest/globals';
import { ArrayPlaces } from './array-places.js';

describe('ArrayPlaces', () => {
  const places = () => new ArrayPlaces([new Map([['a', 3], ['b', 20], ['c', 0]]), new Map([['d', 5]])]); // prettier-ignore

  it('lays a group into one memory of its own, each array at a line of the cache', () => {
    const held = places();
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => held.of(name));
    expect([a, b, c, d].map((data) => data?.length)).toEqual([3, 20, 0, 5]);
    expect([a, b, c].map((data) => data?.byteOffset)).toEqual([0, 64, 192]);
    expect(b?.buffer).toBe(a?.buffer);
    expect(a?.buffer.byteLength).toBe(192);
    expect(d?.buffer).not.toBe(a?.buffer);
    expect(held.of('e')).toBeUndefined();
  });

  it('keeps values, finds what has moved, and forgets', () => {
    const held = places();
    held.of('a')?.fill(7);
    expect([...(held.of('a') ?? [])]).toEqual([7, 7, 7]);
    const elsewhere = Float32Array.of(1, 2, 3);
    held.moved(new Map([['a', elsewhere], ['input', Float32Array.of(9)]])); // prettier-ignore
    expect(held.of('a')).toBe(elsewhere);
    expect(held.of('input')).toBeUndefined();
    held.clear();
    expect([...(held.of('a') ?? [])]).toEqual([0, 0, 0]);
  });
});
