import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { DynamicBatcher, type BatcherOptions, type BatchItem } from './dynamic-batcher.js';
import { ManualClock } from './manual-clock.js';

interface Batch {
  readonly key: string;
  readonly items: readonly BatchItem<string>[];
  readonly names: string;
  finish(): Promise<void>;
  fail(error: Error): Promise<void>;
}

describe('DynamicBatcher', () => {
  let clock: ManualClock;
  let batches: Batch[];

  beforeEach(() => {
    clock = new ManualClock();
    batches = [];
  });

  function batcher(options: Partial<BatcherOptions> = {}): DynamicBatcher<string, string> {
    const all = {
      maximumBatch: 4,
      maximumDelayMilliseconds: 5,
      maximumQueued: 16,
      maximumBytes: 1000,
      concurrency: 1,
      ...options,
    };
    const execute = (key: string, items: readonly BatchItem<string>[]) =>
      new Promise<string[]>((resolve, reject) => {
        batches.push({
          key,
          items,
          names: items.map(({ item }) => item).join(' '),
          finish: () => {
            resolve(items.map(({ item }) => `${item}!`));
            return setImmediate();
          },
          fail: (error) => {
            reject(error);
            return setImmediate();
          },
        });
      });
    return new DynamicBatcher(all, execute, clock);
  }

  it('waits for the maximum delay, then computes what has gathered', async () => {
    const subject = batcher();
    const first = subject.submit('model', ['a']);
    clock.advance(3);
    const second = subject.submit('model', ['b', 'c']);
    clock.advance(1);
    expect(batches).toHaveLength(0);
    clock.advance(1);
    expect(batches.map(({ names }) => names)).toEqual(['a b c']);
    expect(batches[0]?.items.map(({ queuedMilliseconds }) => queuedMilliseconds)).toEqual([5, 2, 2]);
    await batches[0]?.finish();
    await expect(Promise.all([...first, ...second])).resolves.toEqual(['a!', 'b!', 'c!']);
  });

  it('does not wait once a batch is full', () => {
    const subject = batcher();
    void subject.submit('model', ['a', 'b', 'c', 'd', 'e']);
    expect(batches.map(({ names }) => names)).toEqual(['a b c d']);
    expect(subject.queued).toBe(1);
  });

  it('computes no more batches at a time than there are workers, and gathers the rest into full ones', async () => {
    const subject = batcher();
    void subject.submit('model', ['a', 'b', 'c', 'd']);
    void subject.submit('model', ['e']);
    clock.advance(50);
    void subject.submit('model', ['f', 'g']);
    expect(batches).toHaveLength(1);
    await batches[0]?.finish();
    expect(batches.map(({ names }) => names)).toEqual(['a b c d', 'e f g']);
    expect(batches[1]?.items.map(({ queuedMilliseconds }) => queuedMilliseconds)).toEqual([50, 0, 0]);
  });

  it('takes one item from each request in turn', async () => {
    const subject = batcher();
    void subject.submit('model', ['first', 'second', 'third', 'fourth']); // occupies the worker
    void subject.submit('model', ['a1', 'a2', 'a3', 'a4', 'a5', 'a6']);
    void subject.submit('model', ['b1']);
    void subject.submit('model', ['c1', 'c2']);
    await batches[0]?.finish();
    await batches[1]?.finish();
    expect(batches.slice(1).map(({ names }) => names)).toEqual(['a1 b1 c1 a2', 'c2 a3 a4 a5']);
  });

  it('lets models take turns, so that a busy one does not starve another', async () => {
    const subject = batcher({ maximumQueued: 100 });
    void subject.submit(
      'busy',
      Array.from({ length: 40 }, (_, index) => `x${index}`),
    );
    void subject.submit('quiet', ['q']);
    clock.advance(5);
    for (const position of [0, 1, 2]) await batches[position]?.finish();
    expect(batches.map(({ key }) => key)).toEqual(['busy', 'busy', 'quiet', 'busy']);
  });

  it('never mixes models in a batch', () => {
    const subject = batcher({ concurrency: 2 });
    void subject.submit('one', ['a', 'b']);
    void subject.submit('two', ['c', 'd']);
    clock.advance(5);
    expect(batches.map(({ key, names }) => `${key}: ${names}`)).toEqual(['one: a b', 'two: c d']);
  });

  it('refuses a whole request that would overfill the queue of its model', async () => {
    const subject = batcher({ maximumQueued: 6 });
    void subject.submit('model', ['a', 'b', 'c', 'd', 'e']); // four of them leave the queue at once
    void subject.submit('model', ['f', 'g', 'h']);
    expect(() => subject.submit('model', ['i', 'j', 'k'])).toThrow(
      '4 images wait for this model; 3 more would exceed the bound of 6.',
    );
    expect(subject.queued).toBe(4);
    expect(subject.submit('another', ['z'])).toHaveLength(1);
    await batches[0]?.finish();
    expect(subject.submit('model', ['i'])).toHaveLength(1);
  });

  it('bounds the bytes of items that wait or are being computed', async () => {
    const subject = batcher({ maximumBytes: 100 });
    void subject.submit('model', ['a', 'b', 'c', 'd'], () => 20);
    expect(() => subject.submit('model', ['e'], () => 30)).toThrow('80 bytes; 30 more would exceed the bound of 100');
    await batches[0]?.finish();
    expect(subject.submit('model', ['e'], () => 30)).toHaveLength(1);
  });

  it('fails every item of a batch that fails, and goes on with the next', async () => {
    const subject = batcher();
    const failing = subject.submit('model', ['a', 'b', 'c', 'd']);
    const next = subject.submit('model', ['e', 'f', 'g', 'h']);
    const settled = Promise.allSettled(failing);
    await batches[0]?.fail(new Error('no memory'));
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
    await batches[1]?.finish();
    await expect(Promise.all(next)).resolves.toEqual(['e!', 'f!', 'g!', 'h!']);
  });

  it('closes by computing what waits, without delay, and takes nothing new', async () => {
    const subject = batcher();
    const results = subject.submit('model', ['a']);
    const closed = subject.close();
    expect(batches.map(({ names }) => names)).toEqual(['a']);
    expect(() => subject.submit('model', ['b'])).toThrow('The server is stopping');
    await batches[0]?.finish();
    await closed;
    await expect(Promise.all(results)).resolves.toEqual(['a!']);
  });
});
