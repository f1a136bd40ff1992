import { afterAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { createEngine } from '../create-engine.js';
import type { Program } from '../engine.js';
import { floats } from '../testing/check-op.js';
import { relativeError } from '../testing/compare-engines.js';
import { testedEngine } from '../testing/tested-engine.js';
import { trace } from '../trace/trace.js';
import { lower } from '../onnx/lowering/lower.js';

const float32 = (...shape: number[]) => ({ dtype: 'float32' as const, shape });

const CASES = [
  { picture: [7, 7, 32], filter: [3, 3, 32, 48], stride: 1, padding: 'same' },
  { picture: [9, 6, 32], filter: [3, 3, 32, 32], stride: 2, padding: 'same' },
  { picture: [10, 9, 32], filter: [2, 4, 32, 64], stride: 2, padding: 'valid' },
  { picture: [8, 11, 32], filter: [5, 3, 32, 32], stride: 3, padding: 'valid' },
  { picture: [8, 8, 32], filter: [1, 1, 32, 48], stride: 2, padding: 'same' },
] as const;

describe('taps fetched by tables of places', () => {
  const engines = Promise.all([createEngine({ engine: 'reference' }), createEngine({ ...testedEngine(), threads: 2 })]);
  afterAll(async () => {
    for (const engine of await engines) await engine.dispose();
  });

  it.each(CASES)('$picture, filter $filter, stride $stride, padding $padding', async (given) => {
    const { picture, filter, stride, padding } = given;
    const program: Program = ({ inputs, state }) => {
      const forward = (x: tf.Tensor, weights: tf.Tensor) =>
        tf.conv2d(x as tf.Tensor4D, weights as tf.Tensor4D, stride, padding);
      const { value, grads } = tf.valueAndGrads((x: tf.Tensor, weights: tf.Tensor) =>
        tf.sum(tf.square(forward(x, weights))),
      )([inputs.x, inputs.filter]);
      const outputs = { y: forward(inputs.x, inputs.filter), dx: grads[0], dfilter: grads[1], value };
      return { outputs, state: { count: tf.add(state.count, 1) } };
    };
    const inputs = { x: float32(2, ...picture), filter: float32(...filter) };
    const values = { x: floats(inputs.x.shape), filter: floats(inputs.filter.shape) };
    const signature = { constants: {}, state: { count: float32() }, inputs };
    const [expected, received] = await Promise.all(
      (await engines).map(async (engine) => {
        const executable = await engine.compile(program, signature);
        await executable.writeState({ count: { ...float32(), data: Float32Array.of(0) } });
        return executable.run(values);
      }),
    );
    for (const name of ['y', 'dx', 'dfilter']) {
      expect([name, relativeError(expected[name], received[name]) < 2e-6]).toEqual([name, true]);
    }
    const { graph } = trace('test', program, signature);
    const operatorsOf = (tapsByIndex: boolean) =>
      lower(graph, {}, { tapsByIndex }).model.nodes.map(({ operator }) => operator);
    const several = filter[0] * filter[1] > 1;
    expect(operatorsOf(true).includes('Gather')).toBe(several);
    expect(operatorsOf(false)).not.toContain('Gather');
    if (several) expect(operatorsOf(true).length).toBeLessThan(operatorsOf(false).length);
  });
});
