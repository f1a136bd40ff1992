import { afterEach, describe, expect, it } from '@jest/globals';
import { EngineError } from '../errors.js';
import { type UpdateJob, UpdateThreads } from './update-threads.js';

const SIZE = 10_001;

describe('UpdateThreads', () => {
  const threads = new UpdateThreads(2);
  afterEach(() => threads.dispose());

  /** y = x * factor + y */
  function job(x: Float32Array<ArrayBuffer>, y: Float32Array<ArrayBuffer>, factor: number): UpdateJob {
    const steps = [
      { operation: 'Multiply', operands: [0, 2] },
      { operation: 'Add', operands: [1, 3] },
    ] as const;
    const kernel = threads.kernelOf({ reads: 2, scalars: 1, constants: [], steps, writes: [4] });
    const update = { kernel: kernel.id, size: x.length, numbers: [factor], reads: ['x', 'y'], writes: ['y'] };
    return { given: [kernel], updates: [update], arrays: new Map([['x', x], ['y', y]]) }; // prettier-ignore
  }
  const whole = (first: number) => Float32Array.from({ length: SIZE }, (_, index) => first + index);

  it('computes in place, chunk for chunk: the first job here, the second in another thread', async () => {
    const arrays = [1, 3].map((first) => [whole(first), whole(2 * first)] as const);
    const expected = arrays.map(([x, y]) => x.map((value, index) => value * 2 + (y[index] ?? 0)));
    const answer = threads.run(arrays.map(([x, y]) => job(x, y, 2)));
    expect(arrays.map(([x, y]) => [x.length, y.length])).toEqual([[SIZE, SIZE], [0, 0]]); // prettier-ignore
    expect(arrays[0]?.[1]).toEqual(expected[0]);
    const returned = await answer;
    expect(returned.map((each) => each.get('y'))).toEqual(expected);
    expect(returned.map((each) => each.get('x'))).toEqual([whole(1), whole(3)]);
  });

  it('answers in the order of the jobs, whoever asks at the same time', async () => {
    const answers = [1, 2, 3].map((factor) => threads.run([factor, 10 * factor].map((each) => job(whole(0), whole(0), each)))); // prettier-ignore
    const results = (await Promise.all(answers)).flat();
    expect(results.map((arrays) => arrays.get('y')?.[10])).toEqual([20, 110, 30, 210, 40, 310]);
  });

  it('gives equal code one number', () => {
    const shape = { reads: 1, scalars: 0, steps: [{ operation: 'Neg', operands: [0] }], writes: [1] } as const;
    const first = threads.kernelOf({ ...shape, constants: [] });
    expect(threads.kernelOf({ ...shape, constants: [] })).toBe(first);
    expect(threads.kernelOf({ ...shape, constants: [3] })).not.toBe(first);
  });

  it('says what is lost when a thread ends, and starts another for the next job', async () => {
    const { updates, arrays, given } = job(whole(0), whole(0), 1);
    const broken = given.map((each) => ({ ...each, id: 99, bytes: Uint8Array.of(0) }));
    const lost = threads.run([job(whole(0), whole(0), 1), { updates, arrays, given: broken }]);
    await expect(lost).rejects.toThrow(EngineError);
    await expect(lost).rejects.toThrow(/ended with code 1: CompileError.*write it again, from the newest checkpoint/);
    const [, after] = await threads.run([job(whole(0), whole(0), 1), job(whole(0), whole(1), 1)]);
    expect(after?.get('y')?.[4]).toBe(9);
  });

  it('takes no more jobs than there are threads', async () => {
    const jobs = [1, 2, 3].map((factor) => job(whole(0), whole(0), factor));
    await expect(threads.run(jobs)).rejects.toThrow(/3 jobs for 2 threads/);
    expect(await threads.run([])).toEqual([]);
  });
});
