import { describe, expect, it } from '@jest/globals';
import { SharedWork } from './shared-work.js';

/** Work that ends when it is told to, or is given up. */
function startable() {
  let end: (value: string) => void = () => undefined;
  let begun = 0;
  let givenUp = 0;
  const begin = (signal: AbortSignal): Promise<string> => {
    begun += 1;
    return new Promise((resolve, reject) => {
      end = resolve;
      signal.addEventListener('abort', () => {
        givenUp += 1;
        reject(new Error('given up'));
      });
    });
  };
  return { begin, end: (value: string) => end(value), counts: () => [begun, givenUp] };
}

describe('SharedWork', () => {
  it('does equal work once, and anew when it has ended', async () => {
    const work = new SharedWork<string>();
    const { begin, end, counts } = startable();
    const both = Promise.all([work.join('a', begin), work.join('a', begin, new AbortController().signal)]);
    end('done');
    expect(await both).toEqual(['done', 'done']);
    expect([counts(), work.size]).toEqual([[1, 0], 0]);
    expect(await work.join('a', () => Promise.resolve('again'))).toBe('again');
  });

  it('goes on while someone waits, and is given up when the last one has left', async () => {
    const work = new SharedWork<string>();
    const { begin, counts } = startable();
    const [first, second] = [new AbortController(), new AbortController()];
    const answers = [work.join('a', begin, first.signal), work.join('a', begin, second.signal)];
    first.abort(new Error('the first left'));
    await expect(answers[0]).rejects.toThrow('the first left');
    expect(counts()).toEqual([1, 0]);
    second.abort(new Error('the client left'));
    await expect(answers[1]).rejects.toThrow('the client left');
    expect([counts(), work.has('a')]).toEqual([[1, 1], false]);
  });

  it('keeps going for one that cannot leave', async () => {
    const work = new SharedWork<string>();
    const { begin, end, counts } = startable();
    const leaving = new AbortController();
    const staying = work.join('a', begin);
    const gone = work.join('a', begin, leaving.signal);
    leaving.abort();
    await expect(gone).rejects.toThrow();
    end('done');
    expect(await staying).toBe('done');
    expect(counts()).toEqual([1, 0]);
  });

  it('tells all of a failure, and begins nothing for one that has left before', async () => {
    const work = new SharedWork<string>();
    const failing = () => Promise.reject(new Error('broken'));
    const answers = await Promise.allSettled([work.join('a', failing), work.join('a', failing)]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const { begin, counts } = startable();
    await expect(work.join('b', begin, AbortSignal.abort())).rejects.toThrow();
    expect(counts()).toEqual([0, 0]);
  });
});
