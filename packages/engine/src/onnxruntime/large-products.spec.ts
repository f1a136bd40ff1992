import { afterAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { createEngine } from '../create-engine.js';
import type { Engine, NamedSpecs, NamedValues, Program, ProgramSignature } from '../engine.js';
import { channelBlock } from './channel-block.js';
import { floats } from '../testing/check-op.js';
import { relativeError } from '../testing/compare-engines.js';
import { trace } from '../trace/trace.js';
import { lower } from '../onnx/lowering/lower.js';

const float32 = (...shape: number[]) => ({ dtype: 'float32' as const, shape });

/** Gradient and value of a product of weights, large enough for blocks. */
function products(rows: number, inner: number, columns: number, turnedA: boolean, turnedB: boolean) {
  const program: Program = ({ inputs, state }) => {
    const product = tf.matMul(inputs.a, inputs.b, turnedA, turnedB);
    const y = rows % 2 === 0 ? tf.add(product, inputs.bias) : product;
    return { outputs: { y: tf.reshape(y, [2, -1]) }, ...(state.count && { state: { count: tf.add(state.count, 1) } }) };
  };
  const a = turnedA ? float32(inner, rows) : float32(rows, inner);
  const b = turnedB ? float32(columns, inner) : float32(inner, columns);
  return { program, inputs: { a, b, bias: float32(columns) } };
}

/** A convolution with its bias and a ReLU, and its gradients. */
function convolutions(inputs: NamedSpecs, stride: number) {
  const program: Program = ({ inputs: { x, filter, bias }, state }) => {
    const forward = (picture: tf.Tensor, weights: tf.Tensor) =>
      tf.relu(tf.add(tf.conv2d(picture as tf.Tensor4D, weights as tf.Tensor4D, stride, 'same'), bias));
    const { value, grads } = tf.valueAndGrads((picture: tf.Tensor, weights: tf.Tensor) =>
      tf.sum(tf.square(forward(picture, weights))),
    )([x, filter]);
    const outputs = { y: forward(x, filter), dx: grads[0], dfilter: grads[1], value };
    return { outputs, ...(state.count && { state: { count: tf.add(state.count, 1) } }) };
  };
  return { program, graph: trace('test', program, { constants: {}, state: {}, inputs }).graph };
}

/** Outputs without state, where ONNX Runtime's own operators are used, and with state. */
async function bothWays(engine: Engine, program: Program, inputs: NamedSpecs, values: NamedValues) {
  const plain: ProgramSignature = { constants: {}, state: {}, inputs };
  const expected = await (await engine.compile(program, plain)).run(values);
  const executable = await engine.compile(program, { ...plain, state: { count: float32() } });
  await executable.writeState({ count: { ...float32(), data: Float32Array.of(1) } });
  return [expected, await executable.run(values)] as const;
}

const EVERY_TURN = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;
const WEIGHT_GRADIENT = [[true, false]] as const;

const CASES = [
  { sizes: [512, 512, 512], turns: EVERY_TURN, blocked: true },
  { sizes: [500, 512, 544], turns: [[false, true]], blocked: true }, // any number of pixels
  { sizes: [1024, 320, 528], turns: WEIGHT_GRADIENT, blocked: true }, // the larger side is the filter
  { sizes: [320, 516, 1056], turns: WEIGHT_GRADIENT, blocked: true }, // zeros fill up the last block of what is added up
  { sizes: [320, 516, 1056], turns: [[false, false]], blocked: false }, // where a side holds it in columns, they cannot
  { sizes: [512, 512, 530], turns: [[false, false]], blocked: false },
  { sizes: [128, 128, 128], turns: WEIGHT_GRADIENT, blocked: false },
] as const;

describe('large products in training', () => {
  const engine = createEngine({ threads: 1 });
  afterAll(async () => (await engine).dispose());

  it.each(CASES)('$sizes, blocked: $blocked', async ({ sizes: [rows, inner, columns], turns, blocked }) => {
    for (const [turnedA, turnedB] of turns) {
      const { program, inputs } = products(rows, inner, columns, turnedA, turnedB);
      const values = { a: floats(inputs.a.shape), b: floats(inputs.b.shape), bias: floats(inputs.bias.shape) };
      const [expected, received] = await bothWays(await engine, program, inputs, values);
      expect(relativeError(expected.y ?? values.a, received.y ?? values.b)).toBeLessThan(2e-6);
      const { graph } = trace('test', program, { constants: {}, state: {}, inputs });
      const { nodes } = lower(graph, {}, { channelBlock: 16 }).model;
      expect(nodes.some(({ domain }) => domain === 'com.microsoft.nchwc')).toBe(blocked);
    }
  });

  it.each([1, 2])('convolutions of stride %i, with the gradients of picture and filter', async (stride) => {
    const inputs = { x: float32(8, 20, 20, 64), filter: float32(3, 3, 64, 128), bias: float32(128) };
    const { program, graph } = convolutions(inputs, stride);
    const { nodes } = lower(graph, {}, { channelBlock: 16 }).model;
    const blocked = nodes.filter(({ operator, domain }) => operator === 'Conv' && domain === 'com.microsoft.nchwc');
    expect(blocked).toHaveLength(stride === 1 ? 2 : 0);
    // The ReLU is done by the convolution, which only rearranges its result before.
    expect(blocked.filter(({ attributes }) => attributes.activation === 'Relu')).toHaveLength(stride === 1 ? 1 : 0);
    expect(nodes.some(({ operator }) => operator === 'Relu')).toBe(stride !== 1);
    const values = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, floats(shape)]));
    const [expected, received] = await bothWays(await engine, program, inputs, values);
    for (const name of ['y', 'dx', 'dfilter']) {
      expect([name, relativeError(expected[name] ?? values.x, received[name] ?? values.bias) < 2e-6]).toEqual([
        name,
        true,
      ]);
    }
  });

  it('find the block of this processor, or none', async () => {
    expect([16, undefined]).toContain(await channelBlock());
  });
});
