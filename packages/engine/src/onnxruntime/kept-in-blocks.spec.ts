import { afterAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { createEngine } from '../create-engine.js';
import type { Engine, NamedValues, Program, ProgramSignature } from '../engine.js';
import { keyedUniform } from '../ops/keyed-uniform.js';
import { lower } from '../onnx/lowering/lower.js';
import { floats } from '../testing/check-op.js';
import { relativeError } from '../testing/compare-engines.js';
import { trace } from '../trace/trace.js';

const float32 = (...shape: number[]) => ({ dtype: 'float32' as const, shape });
const KEEP = 0.75;

interface Sizes {
  readonly batch: number;
  readonly queries: number;
  readonly width: number;
  readonly hidden: number;
}

/** A transformer's feed-forward network, dropout inside it, with the gradients of all that goes in. */
function feedForward({ batch, queries, width, hidden }: Sizes, look: boolean) {
  const program: Program = ({ inputs, state }) => {
    const layer = (x: tf.Tensor, first: tf.Tensor, bias: tf.Tensor, second: tf.Tensor) => {
      const shape = [batch, queries, hidden];
      const inner = tf.relu(tf.reshape(tf.add(tf.matMul(x, first, false, true), bias), shape));
      const kept = tf.cast(tf.less(keyedUniform(inputs.key, 1, shape), KEEP), 'float32');
      const masked = tf.mul(inner, tf.mul(kept, 1 / KEEP));
      const looked = look ? tf.sum(tf.softmax(masked)) : tf.scalar(0);
      const y = tf.matMul(tf.reshape(masked, [batch * queries, hidden]), second, false, true);
      // Not `tf.square`: without state its sum is ONNX Runtime's own, which is off by 4e-6 of itself.
      return tf.add<tf.Scalar>(tf.sum(tf.mul(y, y)), looked);
    };
    const { value, grads } = tf.valueAndGrads(layer)([inputs.x, inputs.first, inputs.bias, inputs.second]);
    const outputs = { value, dx: grads[0], dfirst: grads[1], dbias: grads[2], dsecond: grads[3] };
    return { outputs, ...(state.count && { state: { count: tf.add(state.count, 1) } }) };
  };
  const inputs = {
    ...{ x: float32(batch * queries, width), first: float32(hidden, width), bias: float32(hidden) },
    ...{ second: float32(width, hidden), key: { dtype: 'int32' as const, shape: [2] } },
  };
  return { program, signature: { constants: {}, state: { count: float32() }, inputs } satisfies ProgramSignature };
}

/** Into and out of blocks of the large matrix in the middle: how often its elements are moved. */
function movesOfHidden({ program, signature }: ReturnType<typeof feedForward>, { batch, queries, hidden }: Sizes) {
  const { graph } = trace('test', program, signature);
  const { nodes, initializers } = lower(graph, {}, { channelBlock: 16, drawsOnHost: true }).model;
  const producers = new Map(nodes.map((node) => [node.name, node]));
  const tables = new Map(initializers.map(({ name, data }) => [name, Array.from(data, String).join()]));
  const rows = batch * queries;
  const shapes = new Set([`1,${rows},1,${hidden}`, `1,${hidden / 16},1,${rows * 16}`, `1,1,${rows},${hidden}`]);
  return nodes.filter(({ operator, inputs: [source = ''] }) => {
    const shape = tables.get(producers.get(source)?.inputs[1] ?? '') ?? '';
    return operator.startsWith('Reorder') && shapes.has(shape);
  }).length;
}

describe('a feed-forward network whose inside stays in blocks', () => {
  const engine = createEngine({ threads: 1 });
  afterAll(async () => (await engine).dispose());

  const CASES = [
    { sizes: { batch: 8, queries: 66, width: 512, hidden: 768 }, look: false, moves: 1 }, // the mask
    { sizes: { batch: 4, queries: 123, width: 512, hidden: 1024 }, look: false, moves: 1 }, // rows that fill no whole block
    { sizes: { batch: 8, queries: 66, width: 512, hidden: 768 }, look: true, moves: 4 }, // something else reads it: as before
  ];
  const valuesOf = ({ signature: { inputs } }: ReturnType<typeof feedForward>): NamedValues => ({
    ...{ x: floats(inputs.x.shape), first: floats(inputs.first.shape), bias: floats(inputs.bias.shape) },
    ...{ second: floats(inputs.second.shape), key: { ...inputs.key, data: Int32Array.of(5, 9) } },
  });
  const agree = (expected: NamedValues, received: NamedValues) => {
    for (const name of ['value', 'dx', 'dfirst', 'dbias', 'dsecond']) {
      expect([name, relativeError(expected[name], received[name]) < 3e-6]).toEqual([name, true]);
    }
  };
  const step = async (engine: Engine, { program, signature }: ReturnType<typeof feedForward>, values: NamedValues) => {
    const executable = await engine.compile(program, signature);
    await executable.writeState({ count: { ...float32(), data: Float32Array.of(0) } });
    return executable.run(values);
  };

  it.each(CASES)('$sizes, read elsewhere: $look', async ({ sizes, look, moves }) => {
    const network = feedForward(sizes, look);
    const values = valuesOf(network);
    const plain = await (await engine).compile(network.program, { ...network.signature, state: {} });
    agree(await plain.run(values), await step(await engine, network, values));
    expect(movesOfHidden(network, sizes)).toBe(moves);
  });

  it('reads the mask once, also where it is too small for blocks; the reference engine gets the same', async () => {
    const network = feedForward({ batch: 2, queries: 3, width: 8, hidden: 16 }, false);
    const { graph } = trace('test', network.program, network.signature);
    const { nodes } = lower(graph, {}, { drawsOnHost: true }).model;
    expect(nodes.filter(({ inputs }) => inputs.includes('draw/0'))).toHaveLength(1);
    const reference = await createEngine({ engine: 'reference' });
    const values = valuesOf(network);
    agree(await step(reference, network, values), await step(await engine, network, values));
    await reference.dispose();
  });
});
