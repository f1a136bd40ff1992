import { afterAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { createEngine, keyedUniform } from '../index.js';
import type { Program } from '../index.js';

describe('the onnxruntime engine', () => {
  const engine = createEngine({ threads: 1 });
  afterAll(async () => (await engine).dispose());

  it('runs a small program', async () => {
    const program: Program = ({ state, inputs }) => {
      const next = tf.add(state.total, tf.mul(inputs.amount, 2));
      return { outputs: { next, draw: keyedUniform(inputs.key, 3, [2, 3]) }, state: { total: next } };
    };
    const executable = await (await engine).compile(program, {
      constants: {},
      state: { total: { dtype: 'float32', shape: [2] } },
      inputs: { amount: { dtype: 'float32', shape: [2] }, key: { dtype: 'int32', shape: [2] } },
    });
    await executable.writeState({ total: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } });
    const inputs = {
      amount: { dtype: 'float32' as const, shape: [2], data: Float32Array.of(1, 1) },
      key: { dtype: 'int32' as const, shape: [2], data: Int32Array.of(1, 1) },
    };
    await executable.run(inputs);
    const { next } = await executable.run(inputs);
    expect([...next.data]).toEqual([5, 6]);
  });
});
