import { afterAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { createEngine, keyedUniform } from '../index.js';
import type { Engine, NamedBatchedSpecs, NamedSpecs, NamedValues, Program } from '../index.js';
import { relativeError } from '../testing/compare-engines.js';
import { seededValue } from '../testing/seeded.js';
import { forward, inputsOf, parametersOf } from '../testing/small-network.js';

const SIZES = [1, 2, 3, 8, 13];
const TOLERANCE = 2e-5;
const engines: Promise<Engine>[] = [];
const start = (engine: 'onnxruntime' | 'reference') => {
  const started = createEngine({ engine, threads: 1 });
  engines.push(started);
  return started;
};
afterAll(async () => {
  for (const engine of engines) await (await engine).dispose();
});

const specOf = ({ dtype, shape }: NamedValues[string]) => ({ dtype, shape });
const specsOf = (values: NamedValues): NamedSpecs =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, specOf(value)]));

interface Case {
  readonly program: Program;
  /** Inputs of a run, by batch size. */
  readonly inputs: (batch: number) => NamedValues;
  readonly constants?: NamedValues;
  readonly state?: NamedValues;
}

/** The largest error of one model for all batches against the reference engine compiled for each. */
async function errorOf({ program, inputs, constants = {}, state = {} }: Case, engine: Engine): Promise<number> {
  const reference = await start('reference');
  const small = inputs(1);
  const batched: NamedBatchedSpecs = Object.fromEntries(
    Object.entries(inputs(2)).map(([name, { dtype, shape }]) => [
      name,
      { dtype, shape: shape.map((extent, axis) => (extent === small[name].shape[axis] ? extent : 'batch')) },
    ]),
  );
  const signature = { constants, state: specsOf(state) };
  const any = await engine.compile(program, { ...signature, inputs: batched });
  let error = 0;
  for (const size of SIZES) {
    const given = inputs(size);
    const fixed = await reference.compile(program, { ...signature, inputs: specsOf(given) });
    for (const executable of [any, fixed]) await executable.writeState(state);
    const [received, expected] = [await any.run(given), await fixed.run(given)];
    for (const [name, value] of Object.entries(expected)) {
      expect(received[name].shape).toEqual(value.shape);
      error = Math.max(error, relativeError(value, received[name]));
    }
    for (const [name, value] of Object.entries(await fixed.readState())) {
      error = Math.max(error, relativeError(value, (await any.readState([name]))[name]));
    }
  }
  return error;
}

const floats = (shape: readonly number[], seed: number) => seededValue({ dtype: 'float32', shape }, seed);
const vectors = (op: (x: tf.Tensor2D, y: tf.Tensor2D) => tf.Tensor): Case => ({
  program: ({ inputs }) => ({ outputs: { y: op(inputs.x as tf.Tensor2D, inputs.w as tf.Tensor2D) } }),
  inputs: (batch) => ({ x: floats([batch, 6], batch), w: floats([4, 6], 99) }),
});

const network = { batch: 0, image: 32, width: 4, stages: 2, hidden: 8, heads: 2, labels: 3 };
const parameters = Object.fromEntries(
  Object.entries(parametersOf(network)).map(([name, spec], index) => [name, seededValue(spec, index)]),
);

const CASES: Readonly<Record<string, Case>> = {
  'a whole network': {
    program: ({ constants, inputs }) => ({
      outputs: { logits: forward(constants, network, inputs.images, inputs.key, false) },
    }),
    constants: parameters,
    inputs: (batch) => {
      const { images, key } = inputsOf({ ...network, batch }, batch);
      return { images, key };
    },
  },
  'a network with parameters as state': {
    program: ({ state, inputs }) => ({
      outputs: { logits: forward(state, network, inputs.images, inputs.key, true) },
    }),
    state: parameters,
    inputs: (batch) => {
      const { images, key } = inputsOf({ ...network, batch }, batch);
      return { images, key };
    },
  },
  'the batch on another axis': {
    program: ({ inputs }) => ({ outputs: { y: tf.mul(tf.transpose(inputs.x), 2), z: tf.sum(inputs.x, 1) } }),
    inputs: (batch) => ({ x: floats([3, batch], batch) }),
  },
  'windows that are moved into the batch and back': vectors((x) => {
    const windows = tf.reshape(tf.transpose(tf.reshape(x, [x.shape[0], 2, 3]), [1, 0, 2]), [2 * x.shape[0], 3]);
    return tf.reshape(tf.slice(tf.softmax(windows), [x.shape[0], 0], [x.shape[0], 2]), [-1, 2]);
  }),
  'a token before each row': vectors((x, w) =>
    tf.concat([tf.tile(tf.reshape(w, [1, 4, 6]), [x.shape[0], 1, 1]), tf.expandDims(x, 1)], 1),
  ),
  'statistics over the batch': vectors((x) => tf.sub(x, tf.mean(x, 0, true))),
  'products of rows with each other': vectors((x) => tf.sum(tf.matMul(x, x, false, true), 1)),
  // 54 weights; the pictures have 30 elements at some recorded batch sizes and more at others.
  'scales of channels beside a filter that is larger than few pictures': {
    program: ({ state, inputs }) => {
      const { value, grads } = tf.valueAndGrads((x: tf.Tensor, filter: tf.Tensor) => {
        const convolved = tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid');
        return tf.sum(tf.square(tf.mul(convolved, state.scale)));
      })([inputs.x, state.filter]);
      return { outputs: { value, image: grads[0], filter: grads[1] } };
    },
    state: { filter: floats([3, 3, 2, 3], 1), scale: floats([3], 2) },
    inputs: (batch) => ({ x: floats([batch, 3, 4, 2], batch) }),
  },
  'draws for each row': {
    program: ({ inputs }) => ({ outputs: { y: tf.add(inputs.x, keyedUniform(inputs.key, 3, inputs.x.shape)) } }),
    inputs: (batch) => ({
      x: floats([batch, 5], batch),
      key: { dtype: 'int32', shape: [2], data: Int32Array.of(4, 9) },
    }),
  },
  'zeros and reversed rows': vectors((x) => tf.concat([tf.zeros([x.shape[0], 2]), tf.reverse(x, [0, 1])], 1)),
  'resized pictures, padded': {
    program: ({ inputs }) => {
      const resized = tf.image.resizeBilinear(inputs.x as tf.Tensor4D, [5, 6], true);
      return {
        outputs: {
          y: tf.pad(resized, [
            [0, 0],
            [1, 0],
            [0, 2],
            [0, 0],
          ]),
          z: tf.mirrorPad(
            inputs.x,
            [
              [0, 0],
              [1, 1],
              [0, 0],
              [0, 0],
            ],
            'reflect',
          ),
        },
      };
    },
    inputs: (batch) => ({ x: floats([batch, 3, 4, 2], batch) }),
  },
  'a step of training': {
    program: ({ state, inputs }) => {
      const { value, grad } = gradientOf(state.w, inputs.x);
      return { outputs: { value }, state: { w: tf.sub(state.w, tf.mul(grad, 0.1)) } };
    },
    state: { w: floats([6, 2], 5) },
    inputs: (batch) => ({ x: floats([batch, 6], batch) }),
  },
};

function gradientOf(weight: tf.Tensor, x: tf.Tensor): { value: tf.Tensor; grad: tf.Tensor } {
  return tf.valueAndGrad((w) => tf.sum(tf.square(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D))).asScalar())(weight);
}

describe.each(['onnxruntime', 'reference'] as const)('a program for any batch size on %s', (name) => {
  const engine = start(name);

  it.each(Object.entries(CASES))('%s', async (_, testCase) => {
    expect(await errorOf(testCase, await engine)).toBeLessThan(TOLERANCE);
  });

  const compile = async (program: Program) =>
    (await engine).compile(
      program,
      {
        constants: {},
        state: {},
        inputs: { x: { dtype: 'float32', shape: ['batch', 2] }, y: { dtype: 'float32', shape: [3, 'batch'] } },
      },
      { label: 'test' },
    );
  const sum: Program = ({ inputs: { x, y } }) => ({ outputs: { z: tf.add(tf.sum(x), tf.sum(y)), x } });

  it('says which axes of its inputs and outputs follow the batch', async () => {
    const { signature, outputs } = await compile(sum);
    expect(signature.inputs.y.shape).toEqual([3, 'batch']);
    expect(outputs).toEqual({ z: { dtype: 'float32', shape: [] }, x: { dtype: 'float32', shape: ['batch', 2] } });
  });

  it('refuses batches of different sizes, empty ones and wrong shapes', async () => {
    const executable = await compile(sum);
    const run = (x: number[], y: number[]) => executable.run({ x: floats(x, 1), y: floats(y, 2) });
    await expect(run([4, 2], [3, 5])).rejects.toThrow(/input "y".*must be float32\[3,4\] but is float32\[3,5\]/);
    await expect(run([0, 2], [3, 0])).rejects.toThrow(/input "x".*empty batch/);
    await expect(run([4], [3, 4])).rejects.toThrow(/input "x".*must be float32\[batch,2\] but is float32\[4\]/);
    await expect(run([4, 3], [3, 4])).rejects.toThrow(/input "x".*must be float32\[4,2\]/);
  });

  it('refuses outputs of which a length follows the batch in another way', async () => {
    const twice: Program = ({ inputs: { x } }) => ({ outputs: { flat: tf.reshape(x, [-1]) } });
    await expect(compile(twice)).rejects.toThrow(
      /output "flat".*float32\[10\], then float32\[14\], then float32\[22\]/,
    );
  });
});

describe('the onnxruntime engine refuses for any batch size', () => {
  const engine = start('onnxruntime');
  const compile = async (op: (x: tf.Tensor) => tf.Tensor) =>
    (await engine).compile(
      ({ inputs }) => ({ outputs: { y: op(inputs.x) } }),
      { constants: {}, state: {}, inputs: { x: { dtype: 'float32', shape: ['batch', 2] } } },
      { label: 'test' },
    );

  it.each<[string, (x: tf.Tensor) => tf.Tensor, RegExp]>([
    ['a factor that is one by the batch size', (x) => tf.mul(x, 1 / x.shape[0]), /table at input . of Multiply/],
    [
      'a table as long as the batch',
      (x) => tf.add(x, tf.range(0, x.shape[0]).expandDims(1)),
      /table at input . of Add/,
    ],
    ['the gradient of a mean over the batch', (x) => tf.grad((at) => tf.mean(tf.square(at)))(x), /follows no rule/],
    ['a square of the batch size', (x) => tf.mul(x, x.shape[0] ** 2), /follows no rule/],
    ['a branch on the batch size', (x) => (x.shape[0] > 6 ? tf.exp(x) : tf.sin(x)), /becomes/],
    ['a step for each row', (x) => tf.addN(tf.unstack(x)), /number of operators differs/],
  ])('%s', async (_, op, message) => {
    await expect(compile(op)).rejects.toThrow(message);
    await expect(compile(op)).rejects.toThrow(
      /Program "test" for any batch size cannot be compiled.*at batch sizes 5, 7, 11/,
    );
  });
});
