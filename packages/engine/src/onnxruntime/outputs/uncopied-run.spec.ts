import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { InferenceSession } from 'onnxruntime-node';
import { copyModel } from '../../onnx/format/copy-model.js';
import { writeModel } from '../../onnx/format/write-model.js';
import { startSession, toFeed } from '../../onnx/session.js';
import { listRefusal, runUncopied, uncopied } from './uncopied-run.js';

describe('runUncopied', () => {
  const options = { executionProviders: ['cpu'], threads: 1, training: true, quiet: true };
  let session: InferenceSession;
  let refusal: string;

  beforeAll(async () => {
    session = await startSession(writeModel(uncopied(copyModel('float32', 2)), 'copies'), options);
    refusal = (await listRefusal()) ?? '';
  });

  afterAll(() => session.release());

  it('finds that this onnxruntime-node writes to arrays, and takes no lists', () => {
    expect(refusal).toMatch(/tensor/i);
  });

  it('writes to the array that it is given, run for run', async () => {
    const y = toFeed([2, 2], new Float32Array(4));
    for (const first of [1, 5]) {
      const data = Float32Array.of(first, 2, 3, 4);
      await runUncopied(session, { x: toFeed([2, 2], data) }, { y }, refusal);
      expect(y.data).toEqual(data);
    }
  });

  it('lets every other failure through, and the array as it was', async () => {
    const y = toFeed([2, 2], Float32Array.of(9, 9, 9, 9));
    await expect(runUncopied(session, { x: toFeed([3], new Float32Array(3)) }, { y }, refusal)).rejects.toThrow(
      /rank/i,
    );
    await expect(runUncopied(session, {}, { y }, refusal)).rejects.toThrow(/'x' is missing/);
    const wide = runUncopied(session, { x: toFeed([2, 3], new Float32Array(6)) }, { y }, refusal);
    await expect(wide).rejects.toThrow(/shape/i);
    expect([...y.data]).toEqual([9, 9, 9, 9]);
  });
});
