import { afterAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { createEngine } from '../create-engine.js';
import type { NamedSpecs, Program, TensorValue } from '../engine.js';
import { floats } from '../testing/check-op.js';
import { relativeError } from '../testing/compare-engines.js';
import { trace } from '../trace/trace.js';
import { lower } from '../onnx/lowering/lower.js';

const float32 = (...shape: number[]) => ({ dtype: 'float32' as const, shape });

function operatorsOf(program: Program, inputs: NamedSpecs): readonly string[] {
  const { graph } = trace('test', program, { constants: {}, state: {}, inputs });
  return lower(graph, {}).model.nodes.map(({ operator }) => operator);
}

describe('operations that become one', () => {
  const engines = Promise.all([createEngine({ engine: 'reference' }), createEngine()]);
  afterAll(async () => {
    for (const engine of await engines) await engine.dispose();
  });

  async function agree(program: Program, x: TensorValue) {
    const signature = { constants: {}, state: {}, inputs: { x: float32(...x.shape) } };
    const [expected, received] = await Promise.all(
      (await engines).map(async (engine) => (await engine.compile(program, signature)).run({ x })),
    );
    for (const name of Object.keys(expected)) {
      expect(received[name].shape).toEqual(expected[name].shape);
      expect([name, relativeError(expected[name], received[name]) < 1e-6]).toEqual([name, true]);
    }
    return received;
  }

  it('adds squares up without keeping them, over all axes or some', async () => {
    const program: Program = ({ inputs: { x } }) => ({
      outputs: {
        all: tf.sum(tf.square(x)),
        rows: tf.sum(tf.square(x), [0, 2]),
        kept: tf.sum(tf.square(x), -1, true),
        norm: tf.sqrt(tf.sum(tf.square(tf.transpose(x, [2, 0, 1])), 0)),
      },
    });
    await agree(program, floats([3, 4, 5]));
    await agree(program, { ...float32(1, 1, 1), data: Float32Array.of(-3) });
    const operators = operatorsOf(program, { x: float32(3, 4, 5) });
    expect(operators.filter((operator) => operator === 'ReduceSumSquare')).toHaveLength(4);
    expect(operators).not.toContain('ReduceSum');
  });

  it('keeps squares that something else needs as well, and leaves whole numbers alone', async () => {
    const program: Program = ({ inputs: { x } }) => {
      const squares = tf.square(x);
      const whole = tf.square(tf.cast(x, 'int32'));
      return { outputs: { sum: tf.sum(squares), squares, whole: tf.cast(tf.sum(whole), 'float32') } };
    };
    await agree(program, floats([2, 6], -9, 9));
  });

  it('gates the gradient of a ReLU by its output: nothing passes where that is zero', async () => {
    const program: Program = ({ inputs: { x } }) => {
      const rectified = (picture: tf.Tensor) => tf.sum(tf.mul(tf.relu(picture), tf.add(picture, 2)));
      return { outputs: { dx: tf.grad(rectified)(x) } };
    };
    const data = Float32Array.of(-1, -0, 0, 1e-38, 0.5, 3, -1e30, 1e18);
    const { dx } = await agree(program, { ...float32(2, 4), data });
    expect([...dx.data.slice(0, 3)].map(Math.abs)).toEqual([0, 0, 0]);
    const operators = operatorsOf(program, { x: float32(2, 4) });
    expect(operators).toContain('HardSigmoid');
    expect(operators).not.toContain('Where');
  });
});
