import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { createEngine, type Engine } from '../index.js';
import { floats } from '../testing/check-op.js';
import { testedEngine } from '../testing/tested-engine.js';
import { TENSORFLOW_BACKEND, loadTensorFlow } from './load-tensorflow.js';

// Needs the optional package, whose presence `Q2L_TEST_ENGINE=tensorflow` states; its absence is then a failure.
const describeWithTensorFlow = testedEngine().engine === 'tensorflow' ? describe : describe.skip;

describeWithTensorFlow('the tensorflow engine', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ engine: 'tensorflow', threads: 1 });
  });
  afterAll(async () => {
    await engine.dispose();
  });
  const input = { dtype: 'float32' as const, shape: [2, 3] };

  it('names both libraries behind it', () => {
    expect(engine.description).toMatchObject({
      name: 'tensorflow',
      version: expect.stringMatching(/^4\.\d+\.\d+ \(TensorFlow 2\.\d+\.\d+\)$/),
      device: expect.stringMatching(/^(cpu|cuda)$/),
    });
  });

  it('computes on the TensorFlow.js that programs are written in, and leaves its backend alone', async () => {
    await tf.setBackend('cpu');
    await loadTensorFlow();
    expect(tf.getBackend()).toBe('cpu');
    const backends: string[] = [];
    const executable = await engine.compile(
      ({ inputs }) => {
        backends.push(tf.getBackend());
        return { outputs: { y: tf.matMul(inputs.x, inputs.x, false, true) } };
      },
      { constants: {}, state: {}, inputs: { x: input } },
    );
    await executable.run({ x: floats([2, 3]) });
    expect(backends.at(-1)).toBe(TENSORFLOW_BACKEND);
    expect(tf.getBackend()).toBe('cpu');
  });

  it('holds no tensor more after a thousand runs', async () => {
    const executable = await engine.compile(
      ({ state, inputs }) => ({ outputs: {}, state: { sum: tf.add(state.sum, inputs.x) } }),
      {
        constants: {},
        state: { sum: input },
        inputs: { x: input },
      },
    );
    await executable.writeState({ sum: floats([2, 3]) });
    const before = tf.memory().numTensors;
    for (let run = 0; run < 1000; run++) await executable.run({ x: floats([2, 3]) });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('runs kernels that tfjs-node lacks on the host', async () => {
    const executable = await engine.compile(
      ({ inputs }) => {
        const { result, indexes } = tf.maxPoolWithArgmax(inputs.x as tf.Tensor4D, 2, 2, 'valid');
        return { outputs: { result, indexes } };
      },
      { constants: {}, state: {}, inputs: { x: { dtype: 'float32', shape: [1, 2, 2, 1] } } },
    );
    const x = { dtype: 'float32' as const, shape: [1, 2, 2, 1], data: Float32Array.of(1, 2, 7, 3) };
    const { result, indexes } = await executable.run({ x });
    expect([...result.data, ...indexes.data]).toEqual([7, 2]);
    expect(indexes.dtype).toBe('int32');
  });
});
