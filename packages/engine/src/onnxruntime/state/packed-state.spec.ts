import { afterAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { createEngine } from '../../create-engine.js';
import type { NamedValues, Program, ProgramSignature } from '../../engine.js';
import { lower } from '../../onnx/lowering/lower.js';
import { packUpdates } from '../../onnx/lowering/state-packs.js';
import { floats } from '../../testing/check-op.js';
import { relativeError } from '../../testing/compare-engines.js';
import { testedEngine } from '../../testing/tested-engine.js';
import { trace } from '../../trace/trace.js';
import { splitUpdates } from '../../updates/split-updates.js';
import { HostState } from './host-state.js';
import { PackedState } from './packed-state.js';

const PACK = {
  name: 'pack 0',
  size: 5,
  members: [
    { entry: 'a', start: 0, end: 2 },
    { entry: 'b', start: 2, end: 5 },
  ],
};
const write = (state: PackedState, name: string, ...values: number[]) =>
  state.write(name, 'float32', [values.length], Float32Array.from(values));

describe('state in packs', () => {
  it('is there for a run when all entries of a pack are', async () => {
    const [store, state] = statesOf();
    await write(state, 'a', 1, 2);
    await write(state, 'c', 9);
    await state.settle();
    expect([state.has('a'), state.has('b'), state.has('c')]).toEqual([true, false, true]);
    expect(await state.read('a', 'float32')).toEqual(Float32Array.of(1, 2));
    expect(store.has('pack 0')).toBe(false);
    await write(state, 'b', 3, 4, 5);
    await state.settle();
    expect(state.feed('pack 0').data).toEqual(Float32Array.of(1, 2, 3, 4, 5));
    expect(await state.read('c', 'float32')).toEqual(Float32Array.of(9));
  });

  it('changes one entry, and leaves the others as the last run left them', async () => {
    const [, state] = statesOf();
    await write(state, 'a', 1, 2);
    await write(state, 'b', 3, 4, 5);
    await state.settle();
    expect(await state.read('b', 'float32')).toEqual(Float32Array.of(3, 4, 5));
    const left = new HostState();
    await left.write('pack 0', 'float32', [5], Float32Array.of(10, 20, 30, 40, 50));
    state.take('pack 0', left.feed('pack 0'));
    expect(await state.read('b', 'float32')).toEqual(Float32Array.of(30, 40, 50));
    await write(state, 'a', 7, 8);
    expect(await state.read('b', 'float32')).toEqual(Float32Array.of(30, 40, 50));
    await state.settle();
    expect(state.feed('pack 0').data).toEqual(Float32Array.of(7, 8, 30, 40, 50));
    state.clear();
    expect(state.has('a')).toBe(false);
  });

  it('is read pack by pack', () => {
    const other = { name: 'pack 1', size: 1, members: [{ entry: 'd', start: 0, end: 1 }] };
    const state = new PackedState(new HostState(), [PACK, other]);
    expect(state.inReadingOrder(['a', 'd', 'b', 'c'])).toEqual(['c', 'a', 'b', 'd']);
  });
});

function statesOf(): readonly [HostState, PackedState] {
  const store = new HostState();
  return [store, new PackedState(store, [PACK])];
}

const float32 = (...shape: number[]) => ({ dtype: 'float32' as const, shape });

/** Momentum for three weights, one of them a filter that lies in memory in another order, and what cannot be joined with them. */
const program: Program = ({ state, inputs }) => {
  const loss = (filter: tf.Tensor, matrix: tf.Tensor, vector: tf.Tensor) => {
    const seen = tf.conv2d(inputs.picture as tf.Tensor4D, tf.transpose(filter, [2, 3, 1, 0]) as tf.Tensor4D, 1, 'same');
    return tf.mean<tf.Scalar>(tf.square(tf.add(tf.matMul(tf.reshape(seen, [-1, 6]), matrix), vector)));
  };
  const names = ['filter', 'matrix', 'vector'];
  const { value, grads } = tf.valueAndGrads(loss)([state.filter, state.matrix, state.vector]);
  const next = names.flatMap((name, index) => {
    const moment = tf.add(tf.mul(state[`${name} moment`], 0.5), grads[index] ?? value);
    return [
      [`${name} moment`, moment],
      [name, tf.sub(state[name], tf.mul(moment, inputs.rate))],
    ] as const;
  });
  return {
    outputs: { value },
    state: { ...Object.fromEntries(next), shifted: tf.add(state.shifted, inputs.shift), count: tf.add(state.count, 1) },
  };
};
const weights = { filter: float32(6, 4, 3, 3), matrix: float32(6, 5), vector: float32(5) };
const moments = Object.fromEntries(Object.entries(weights).map(([name, spec]) => [`${name} moment`, spec]));
const signature = {
  constants: {},
  state: { ...weights, ...moments, shifted: float32(7), count: float32() },
  inputs: { picture: float32(1, 5, 5, 4), rate: float32(), shift: float32(7) },
} satisfies ProgramSignature;
const initial: NamedValues = Object.fromEntries(
  Object.entries(signature.state).map(([name, { shape }]) => [name, floats(shape)]),
);
const inputs: NamedValues = {
  picture: floats(signature.inputs.picture.shape),
  rate: { ...float32(), data: Float32Array.of(1e-3) },
  shift: floats([7]),
};

const other = floats([5], 2, 3);

describe('updates of packs', () => {
  const { graph } = trace('test', program, signature);

  it('join what differs in its arrays alone, up to a size', () => {
    const { updates } = splitUpdates(graph);
    const sizes = (most?: number) => packUpdates(updates, most).map(({ members }) => members.map(({ size }) => size));
    expect(sizes()).toEqual(expect.arrayContaining([[216, 30, 5], [7], [1]]));
    expect(sizes(220)).toEqual(expect.arrayContaining([[216], [30, 5], [7], [1]]));
    const [first] = packUpdates(updates).filter(({ members }) => members.length > 1);
    expect(first?.packs.map(({ members }) => members.map(({ entry }) => entry).join())).toEqual(
      expect.arrayContaining(['filter,matrix,vector', 'filter moment,matrix moment,vector moment']),
    );
  });

  it('leave a model with one input and one output for each pack', () => {
    const { inputs: given, outputs, packs } = lower(graph, {}, { forCard: true, packedState: true });
    const stateOf = (ports: typeof given) => ports.flatMap(({ role, name }) => (role === 'state' ? [name] : [])).sort();
    expect(packs).toHaveLength(2);
    expect(stateOf(given)).toEqual(['count', 'pack 0', 'pack 1', 'shifted']);
    expect(stateOf(outputs)).toEqual(stateOf(given));
  });

  describe('on the tested engine', () => {
    const engines = Promise.all([createEngine({ engine: 'reference' }), createEngine(testedEngine())]);
    afterAll(async () => {
      for (const engine of await engines) await engine.dispose();
    });

    it('give the numbers of the reference engine, also when entries are written in between', async () => {
      const [expected, received] = await Promise.all(
        (await engines).map(async (engine): Promise<NamedValues> => {
          const executable = await engine.compile(program, signature);
          await executable.writeState(initial);
          await executable.run(inputs);
          const { matrix } = await executable.readState(['matrix']);
          await executable.writeState({ vector: other });
          const outputs = await executable.run(inputs);
          const read: NamedValues = { ...outputs, ...(await executable.readState()) };
          return { ...read, ...(matrix && { 'matrix before': matrix }) };
        }),
      );
      for (const name of Object.keys(expected ?? {})) {
        expect([name, relativeError(expected?.[name], received?.[name]) < 1e-5]).toEqual([name, true]);
      }
      expect(Object.keys(received ?? {}).sort()).toEqual(Object.keys(expected ?? {}).sort());
    });
  });
});
