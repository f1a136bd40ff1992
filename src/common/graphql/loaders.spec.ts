import { describe, expect, it } from '@jest/globals';
import { DataLoaderRegistry } from './loaders.js';

/** A batch function that remembers what it was asked for. */
function doubling(calls: number[][]) {
  return (keys: readonly number[]) => {
    calls.push([...keys]);
    return Promise.resolve(new Map(keys.map((key) => [key, 2 * key])));
  };
}

describe('DataLoaderRegistry', () => {
  it('asks once for what is asked singly, each key once, also by resolvers that get the loader anew', async () => {
    const calls: number[][] = [];
    const batch = doubling(calls);
    const registry = new DataLoaderRegistry();
    const values = [3, 1, 3].map((key) => registry.get('doubles', batch).load(key));
    expect(await Promise.all(values)).toEqual([6, 2, 6]);
    expect(await registry.get('doubles', batch).load(1)).toBe(2);
    expect(calls).toEqual([[3, 1]]);
  });

  it('keeps names apart, and requests', async () => {
    const calls: number[][] = [];
    const batch = doubling(calls);
    const registry = new DataLoaderRegistry();
    await Promise.all([registry.get('one', batch).load(1), registry.get('other', batch).load(1)]);
    await new DataLoaderRegistry().get('one', batch).load(1);
    expect(calls).toEqual([[1], [1], [1]]);
  });

  it('asks anew each time for subscriptions, whose state changes', async () => {
    const calls: number[][] = [];
    const batch = doubling(calls);
    const registry = new DataLoaderRegistry({ cache: false });
    await registry.get('doubles', batch).load(1);
    await registry.get('doubles', batch).load(1);
    expect(calls).toEqual([[1], [1]]);
  });

  it('gives undefined for a key that the map lacks, and one failure to the key that it belongs to', async () => {
    const registry = new DataLoaderRegistry();
    const none = registry.get('none', () => Promise.resolve(new Map<string, number>()));
    expect(await none.load('x')).toBeUndefined();
    const some = registry.get('some', (keys: readonly string[]) =>
      Promise.resolve(keys.map((key) => (key === 'bad' ? new Error('no such thing') : key.length))),
    );
    const [good, bad] = await Promise.allSettled([some.load('good'), some.load('bad')]);
    expect(good).toEqual({ status: 'fulfilled', value: 4 });
    expect(bad).toMatchObject({ status: 'rejected', reason: { message: 'no such thing' } });
  });
});
