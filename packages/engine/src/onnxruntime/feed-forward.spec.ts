import { afterAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { createEngine } from '../create-engine.js';
import type { Executable, NamedBatchedSpecs, NamedValues, Program } from '../engine.js';
import { floats } from '../testing/check-op.js';
import { relativeError } from '../testing/compare-engines.js';
import { trace } from '../trace/trace.js';
import { lower } from '../onnx/lowering/lower.js';

const BLOCK = 16;
const float32 = (...shape: number[]) => ({ dtype: 'float32' as const, shape });

interface Widths {
  readonly inputs: number;
  readonly hidden: number;
  readonly outputs: number;
  /** Weights of the second layer are `[outputs, hidden]`. */
  readonly turned?: boolean;
  readonly biases?: boolean;
}

function weightsOf({ inputs, hidden, outputs, turned = false }: Widths): NamedValues {
  return {
    w1: floats([inputs, hidden]),
    b1: floats([hidden]),
    w2: floats(turned ? [outputs, hidden] : [hidden, outputs]),
    b2: floats([outputs]),
  };
}

/** Two layers with a ReLU over `[batch, places, channels]`, as decoders have them. */
function feedForward({ inputs, hidden, outputs, turned = false, biases = true }: Widths): Program {
  return ({ inputs: { x }, constants: { w1, b1, w2, b2 } }) => {
    const [batch, places] = x.shape;
    const first = tf.matMul(tf.reshape(x, [-1, inputs]), w1);
    const sum = tf.reshape(biases ? tf.add(first, b1) : first, [batch, places, hidden]);
    const second = tf.matMul(tf.reshape(tf.relu(sum), [-1, hidden]), w2, false, turned);
    return { outputs: { y: tf.reshape(biases ? tf.add(second, b2) : second, [batch, places, outputs]) } };
  };
}

function operatorsOf(program: Program, constants: NamedValues, x: readonly number[]): readonly string[] {
  const signature = { constants, state: {}, inputs: { x: float32(...x) } };
  const { graph } = trace('test', program, signature);
  return lower(graph, constants, { feedForwardBlock: BLOCK }).model.nodes.map(({ operator }) => operator);
}

const count = (operators: readonly string[], wanted: string) => operators.filter((name) => name === wanted).length;

describe('pairs of layers with a ReLU between them', () => {
  const engines = Promise.all([createEngine({ engine: 'reference' }), createEngine({ threads: 2 })]);
  afterAll(async () => {
    for (const engine of await engines) await engine.dispose();
  });

  async function compiled(program: Program, constants: NamedValues, x: NamedBatchedSpecs[string]) {
    return Promise.all(
      (await engines).map((engine) => engine.compile(program, { constants, state: {}, inputs: { x } })),
    );
  }

  async function agree([expected, received]: readonly Executable[], x: NamedValues[string]) {
    const [a, b] = [await expected?.run({ x }), await received?.run({ x })];
    if (a?.y === undefined || b?.y === undefined) throw new Error('there is no output y');
    expect(b.y.shape).toEqual(a.y.shape);
    expect(relativeError(a.y, b.y)).toBeLessThan(2e-6);
  }

  it.each<Widths>([
    { inputs: 32, hidden: 64, outputs: 48 },
    { inputs: 32, hidden: 64, outputs: 48, turned: true },
    { inputs: 16, hidden: 16, outputs: 16, biases: false },
    { inputs: 144, hidden: 1040, outputs: 272 }, // more than one round of channels
  ])('are convolutions in blocks: %j', async (widths) => {
    const [program, constants] = [feedForward(widths), weightsOf(widths)];
    const operators = operatorsOf(program, constants, [2, 7, widths.inputs]);
    expect([count(operators, 'Conv'), count(operators, 'Gemm')]).toEqual([2, 0]);
    const both = await compiled(program, constants, float32(2, 7, widths.inputs));
    await agree(both, floats([2, 7, widths.inputs]));
  });

  it('have their weights in the model once, in the shape in which they are turned into filters', () => {
    const widths = { inputs: 32, hidden: 64, outputs: 48 };
    const constants = weightsOf(widths);
    const { graph } = trace('test', feedForward(widths), { constants, state: {}, inputs: { x: float32(2, 7, 32) } });
    const { initializers } = lower(graph, constants, { feedForwardBlock: BLOCK }).model;
    const shapes = initializers.filter(({ type }) => type === 'float32').map(({ dims }) => dims);
    expect(shapes).toHaveLength(4);
    expect(shapes).toEqual(expect.arrayContaining([[64], [48], [1, 1, 32, 64], [1, 1, 64, 48]]));
  });

  it('take any batch size', async () => {
    const widths = { inputs: 32, hidden: 64, outputs: 48 };
    const spec = { dtype: 'float32' as const, shape: ['batch' as const, 7, 32] };
    const both = await compiled(feedForward(widths), weightsOf(widths), spec);
    for (const batch of [1, 2, 5, 13]) await agree(both, floats([batch, 7, 32]));
  });

  it('follow each other: of three layers the last two are one pair', async () => {
    const constants = { a: floats([32, 32]), b: floats([32, 32]), c: floats([32, 32]) };
    const program: Program = ({ inputs: { x }, constants: { a, b, c } }) => ({
      outputs: { y: tf.matMul(tf.relu(tf.matMul(tf.relu(tf.matMul(x, a)), b)), c) },
    });
    const operators = operatorsOf(program, constants, [5, 32]);
    expect([count(operators, 'Conv'), count(operators, 'Gemm')]).toEqual([2, 1]);
    await agree(await compiled(program, constants, float32(5, 32)), floats([5, 32]));
  });

  const NO_WHOLE_BLOCKS = { inputs: 32, hidden: 60, outputs: 48 };
  const [w1, w2] = [floats([32, 64]), floats([64, 48])];

  it.each<{ what: string; program: Program; constants: NamedValues; x: readonly number[] }>([
    {
      what: 'whose lengths are no whole blocks',
      program: feedForward(NO_WHOLE_BLOCKS),
      constants: weightsOf(NO_WHOLE_BLOCKS),
      x: [2, 4, 32],
    },
    {
      what: 'whose inner value something else needs',
      program: ({ inputs: { x }, constants }) => {
        const hidden = tf.relu(tf.matMul(x, constants.w1));
        return { outputs: { y: tf.matMul(hidden, constants.w2), hidden } };
      },
      constants: { w1, w2 },
      x: [6, 32],
    },
    {
      what: 'between which rows are put together anew',
      program: ({ inputs: { x }, constants }) => ({
        outputs: { y: tf.matMul(tf.reshape(tf.relu(tf.matMul(x, constants.w1)), [-1, 32]), constants.w2) },
      }),
      constants: { w1, w2: floats([32, 48]) },
      x: [6, 32],
    },
  ])('stay products: those $what', async ({ program, constants, x }) => {
    expect(count(operatorsOf(program, constants, x), 'Gemm')).toBe(2);
    await agree(await compiled(program, constants, float32(...x)), floats(x));
  });

  it('stay products where weights are given with each run, and where no block is known', () => {
    const program: Program = ({ inputs: { x, w1, w2 } }) => ({
      outputs: { y: tf.matMul(tf.relu(tf.matMul(x, w1)), w2) },
    });
    const inputs = { x: float32(8, 32), w1: float32(32, 32), w2: float32(32, 32) };
    const { graph } = trace('test', program, { constants: {}, state: {}, inputs });
    const { nodes } = lower(graph, {}, { feedForwardBlock: BLOCK }).model;
    expect(nodes.filter(({ operator }) => operator === 'Gemm')).toHaveLength(2);
    const widths = { inputs: 32, hidden: 64, outputs: 48 };
    const constants = weightsOf(widths);
    const traced = trace('test', feedForward(widths), { constants, state: {}, inputs: { x: float32(2, 7, 32) } });
    expect(lower(traced.graph, constants).model.nodes.some(({ operator }) => operator === 'Conv')).toBe(false);
  });
});
