import { describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { createEngine } from '../create-engine.js';
import type { NamedValues, Program, ProgramSignature } from '../engine.js';
import { floats } from '../testing/check-op.js';
import { relativeError } from '../testing/compare-engines.js';
import { trace } from '../trace/trace.js';
import { splitUpdates } from './split-updates.js';

const SIZE = 9001;
const float32 = (...shape: number[]) => ({ dtype: 'float32' as const, shape });

/** Momentum with a clipped gradient and an average of the weights: two scalars, a swap and a state entry that the host cannot update. */
const program: Program = ({ state, inputs }) => {
  const gradient = tf.mul(tf.sin(state.weight), inputs.x);
  const norm = tf.sqrt(tf.sum(tf.square(gradient)));
  const factor = tf.minimum(tf.div(3, norm), 1);
  const moment = tf.add(tf.mul(state.moment, inputs.decay), tf.square(tf.mul(gradient, factor)));
  const weight = tf.sub(state.weight, tf.div(gradient, tf.add(tf.sqrt(moment), 0.1)));
  const average = tf.add(tf.mul(state.average, 0.75), tf.mul(weight, 0.25));
  const count = tf.add(state.count, 1);
  return {
    outputs: { norm },
    state: { weight, moment, average, count, left: tf.neg(state.right), right: state.left, sines: tf.sin(state.sines) },
  };
};
const spec = float32(SIZE);
const signature = {
  constants: {},
  state: {
    ...{ weight: spec, moment: spec, average: spec, count: float32() },
    ...{ left: float32(3), right: float32(3), sines: float32(2, 2) },
  },
  inputs: { x: spec, decay: float32() },
} satisfies ProgramSignature;
const initial: NamedValues = {
  ...{ weight: floats([SIZE]), moment: floats([SIZE], 0.1, 2), average: floats([SIZE]) },
  count: { ...float32(), data: Float32Array.of(4) },
  ...{ left: floats([3]), right: floats([3], 5, 6), sines: floats([2, 2]) },
};
const inputsAt = (step: number): NamedValues => ({
  x: floats([SIZE], step, step + 1),
  decay: { ...float32(), data: Float32Array.of(0.9 - step / 10) },
});

describe('updates on the host', () => {
  it('take what an optimizer and an average do, and leave the rest', () => {
    const { graph, updates } = splitUpdates(trace('test', program, signature).graph);
    const written = updates.map(({ writes }) => writes.map(({ name }) => name).sort());
    expect(written.sort()).toEqual([['average', 'moment', 'weight'], ['count'], ['left']]);
    expect(graph.results.filter(({ role }) => role === 'state').map(({ name }) => name)).toEqual(['right', 'sines']);
    // the gradient and the clipping factor
    expect(graph.results.filter(({ role }) => role === 'update').map(({ value }) => value.shape)).toEqual([[SIZE], []]);
    const trained = updates.find(({ size, writes }) => size === SIZE && writes.length === 3);
    expect(trained?.reads).toHaveLength(4);
    expect(trained?.constants).toEqual(expect.arrayContaining([0.75, 0.25]));
  });

  it('gives the numbers of the reference engine', async () => {
    const engines = [await createEngine({ engine: 'reference' }), await createEngine({ threads: 1 })];
    const [expected, received] = await Promise.all(engines.map((engine) => engine.compile(program, signature)));
    for (const executable of [expected, received]) await executable?.writeState(initial);
    for (let step = 0; step < 3; step++) {
      const inputs = inputsAt(step);
      const results = await Promise.all([expected, received].map((executable) => executable?.run(inputs)));
      expect(relativeError(results[0]?.norm ?? initial.weight, results[1]?.norm ?? initial.left)).toBeLessThan(1e-5);
    }
    const [a, b] = [await expected?.readState(), await received?.readState()];
    for (const name of Object.keys(signature.state)) {
      const [x, y] = [a?.[name], b?.[name]];
      if (x === undefined || y === undefined) throw new Error(`no ${name}`);
      expect([name, relativeError(x, y) < 1e-5]).toEqual([name, true]);
    }
    for (const engine of engines) await engine.dispose();
  });

  it('leaves arrays that were written and read to their owners', async () => {
    const engine = await createEngine({ threads: 1 });
    const executable = await engine.compile(program, signature);
    const before = Float32Array.from(initial.weight?.data ?? []);
    await executable.writeState(initial);
    const read = await executable.readState(['weight']);
    await executable.run(inputsAt(0));
    expect(initial.weight?.data).toEqual(before);
    expect(read.weight?.data).toEqual(before);
    await engine.dispose();
  });
});
