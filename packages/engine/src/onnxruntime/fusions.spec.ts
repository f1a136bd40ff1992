import { afterAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { createEngine } from '../create-engine.js';
import type { NamedSpecs, NamedTensors, Program, TensorValue } from '../engine.js';
import { floats } from '../testing/check-op.js';
import { relativeError } from '../testing/compare-engines.js';
import { trace } from '../trace/trace.js';
import { isNode } from '../graph/value.js';
import { fuse } from '../onnx/lowering/fuse.js';
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

  it('adds up the squares of millions of elements of a training step to the last digits, also of joined parts', async () => {
    const [, engine] = await engines;
    const size = 2 ** 22;
    const program: Program = ({ inputs: { x }, state }) => ({
      outputs: {
        one: tf.sum(tf.square(tf.mul(x, 2))),
        two: tf.sum(tf.square(tf.concat([tf.mul(x, 2), tf.slice(x, [0, 0], [3, 2 ** 11])]))),
      },
      state: { count: tf.add(state.count, 1) },
    });
    const x = floats([2 ** 11, 2 ** 11]);
    const executable = await engine.compile(program, {
      ...{ constants: {}, state: { count: float32() }, inputs: { x: float32(...x.shape) } },
    });
    await executable.writeState({ count: { ...float32(), data: Float32Array.of(0) } });
    const { one, two } = await executable.run({ x });
    let [sum, part] = [0, 0];
    for (let index = 0; index < size; index++) {
      const square = (x.data[index] ?? 0) ** 2;
      sum += 4 * square;
      if (index < 3 * 2 ** 11) part += square;
    }
    expect(Math.abs((one.data[0] ?? 0) / sum - 1)).toBeLessThan(2e-6);
    expect(Math.abs((two.data[0] ?? 0) / (sum + part) - 1)).toBeLessThan(2e-6);
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

  it.each([
    {
      slices: [
        [0, 2],
        [2, 3],
        [5, 1],
      ],
      joined: true,
    },
    {
      slices: [
        [5, 1],
        [0, 2],
        [2, 3],
      ],
      joined: true,
    },
    {
      slices: [
        [0, 2],
        [3, 3],
      ],
      joined: false,
    }, // a gap
    {
      slices: [
        [0, 4],
        [2, 4],
      ],
      joined: false,
    }, // an overlap
  ] as const)('joins the gradients of slices that lie side by side: $slices', async ({ slices, joined }) => {
    const program: Program = ({ inputs: { x } }) => {
      const parts = (whole: tf.Tensor) =>
        tf.addN(slices.map(([start, size]) => tf.sum(tf.square(tf.slice(whole, [start, 0], [size, 4])))));
      return { outputs: { dx: tf.grad(parts)(x) } };
    };
    await agree(program, floats([6, 4]));
    const operators = operatorsOf(program, { x: float32(6, 4) });
    expect(operators.includes('Concat')).toBe(joined);
    expect(operators.includes('Pad')).toBe(!joined);
  });

  it.each([
    { picture: [2, 9, 9, 4], filter: [3, 3, 4, 3], learnt: true, onFilter: true },
    { picture: [1, 2, 2, 8], filter: [3, 3, 8, 6], learnt: true, onFilter: false }, // the filter is the larger
    { picture: [1, 2, 2, 8], filter: [3, 3, 8, 6], learnt: false, onFilter: true }, // scaled when the session starts
  ] as const)('scales channels where it is least work: $picture, $filter, learnt: $learnt', async (given) => {
    const values = { filter: floats(given.filter), scale: floats([given.filter[3]], 1, 2) };
    const x = floats(given.picture);
    const inputs = { x: float32(...given.picture) };
    const program: Program = ({ constants, state, inputs: { x: image } }) => {
      const { filter, scale } = given.learnt ? state : constants;
      const forward = (picture: tf.Tensor, weight: tf.Tensor) =>
        tf.mul(tf.conv2d(picture as tf.Tensor4D, weight as tf.Tensor4D, 1, 'same'), scale);
      const { value, grads } = tf.valueAndGrads((picture: tf.Tensor, weight: tf.Tensor) =>
        tf.sum(tf.square(forward(picture, weight))),
      )([image, filter]);
      const outputs: NamedTensors = { value, dx: grads[0] };
      if (!given.learnt) return { outputs };
      return { outputs: { ...outputs, dfilter: grads[1] }, state: { filter: tf.add(filter, 1) } };
    };
    const specs = { filter: float32(...given.filter), scale: float32(given.filter[3]) };
    const signature = { constants: given.learnt ? {} : values, state: given.learnt ? specs : {}, inputs };
    const [expected, received] = await Promise.all(
      (await engines).map(async (engine) => {
        const executable = await engine.compile(program, signature);
        if (given.learnt) await executable.writeState(values);
        return executable.run({ x });
      }),
    );
    for (const name of Object.keys(expected)) {
      expect([name, relativeError(expected[name], received[name]) < 2e-6]).toEqual([name, true]);
    }
    const scaled = fuse(trace('test', program, signature).graph).values.filter(
      (value) => isNode(value, 'Multiply') && value.inputs.some(({ shape }) => shape.length === 1),
    );
    expect(scaled.length).toBeGreaterThan(0);
    const shape = given.onFilter ? given.filter : [...given.picture.slice(0, 3), given.filter[3]];
    for (const value of scaled) expect(value.shape).toEqual(shape);
  });
});
