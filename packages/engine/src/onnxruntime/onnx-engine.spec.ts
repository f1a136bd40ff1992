import { afterAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { createEngine, keyedUniform, stopGradient } from '../index.js';
import type { NamedValues, Program, ProgramSignature } from '../index.js';
import { EngineComparison } from '../testing/compare-engines.js';
import { floats } from '../testing/check-op.js';

const value = (...data: number[]) => ({
  dtype: 'float32' as const,
  shape: [data.length],
  data: Float32Array.from(data),
});
const key = (...data: number[]) => ({ dtype: 'int32' as const, shape: [2], data: Int32Array.from(data) });

const counter: Program = ({ state, inputs }) => {
  const next = tf.add(state.total, tf.mul(inputs.amount, 2));
  return { outputs: { next }, state: { total: next } };
};
const signature: ProgramSignature = {
  constants: {},
  state: { total: { dtype: 'float32', shape: [2] }, unused: { dtype: 'int32', shape: [1] } },
  inputs: { amount: { dtype: 'float32', shape: [2] } },
};
const first: NamedValues = { total: value(1, 2), unused: { dtype: 'int32', shape: [1], data: Int32Array.of(9) } };

describe('the onnxruntime engine', () => {
  const engine = createEngine({ threads: 1 });
  const engines = new EngineComparison();
  afterAll(async () => {
    await engines.dispose();
    await (await engine).dispose();
  });
  const compile = async (program: Program, given: ProgramSignature) =>
    (await engine).compile(program, given, { label: 'test' });

  it('describes itself', async () => {
    expect((await engine).description).toEqual({
      name: 'onnxruntime',
      version: expect.stringMatching(/^\d+\.\d+/),
      device: 'cpu',
      threads: 1,
    });
  });

  it('keeps state, also of entries that the program does not use', async () => {
    const executable = await compile(counter, signature);
    await executable.writeState(first);
    await executable.run({ amount: value(1, 1) });
    const { next } = await executable.run({ amount: value(1, 1) });
    next.data.fill(0);
    const state = await executable.readState();
    expect([...state.total.data]).toEqual([5, 6]);
    expect([...state.unused.data]).toEqual([9]);
  });

  it('makes concurrent runs wait for each other', async () => {
    const executable = await compile(counter, signature);
    await executable.writeState(first);
    const runs = await Promise.all([1, 2, 3].map(() => executable.run({ amount: value(1, 1) })));
    expect(runs.map(({ next }) => next.data[0])).toEqual([3, 5, 7]);
  });

  it('keeps its state when a run fails', async () => {
    const executable = await compile(counter, signature);
    await expect(executable.run({ amount: value(1, 1) })).rejects.toThrow(/2 of its state entries were never written/);
    await executable.writeState(first);
    await expect(executable.run({ amount: value(1) })).rejects.toThrow(/must be float32\[2\] but is float32\[1\]/);
    await expect(executable.writeState({ totl: value(1, 2) })).rejects.toThrow(/Did you mean "total"/);
    expect([...(await executable.readState(['total'])).total.data]).toEqual([1, 2]);
    await executable.dispose();
    await expect(executable.readState()).rejects.toThrow(/was disposed/);
  });

  it('keeps filters of any layout, and gives them back in their own', async () => {
    const weights = floats([4, 3, 2, 2]);
    const program: Program = ({ state, inputs }) => {
      const filter = tf.transpose(state.weight, [2, 3, 1, 0]) as tf.Tensor4D;
      const y = tf.conv2d(inputs.x as tf.Tensor4D, filter, 1, 'valid');
      return { outputs: { y }, state: { weight: tf.mul(state.weight, 2), moment: tf.add(state.moment, state.weight) } };
    };
    const spec = { dtype: 'float32' as const, shape: [4, 3, 2, 2] };
    const executable = await compile(program, {
      constants: {},
      state: { weight: spec, moment: spec },
      inputs: { x: { dtype: 'float32', shape: [1, 3, 3, 3] } },
    });
    await executable.writeState({ weight: weights, moment: { ...spec, data: new Float32Array(48) } });
    expect(await executable.readState(['weight'])).toEqual({ weight: weights });
    await executable.run({ x: floats([1, 3, 3, 3]) });
    const { weight, moment } = await executable.readState();
    expect([...weight.data]).toEqual([...weights.data].map((element) => element * 2));
    expect([...moment.data]).toEqual([...weights.data]);
  });

  it('draws the very same keyed numbers as the reference engine', async () => {
    const program: Program = ({ inputs }) => ({
      outputs: { a: keyedUniform(inputs.key, 5, [64, 33]), b: keyedUniform(inputs.key, -1, []) },
    });
    for (const draw of [key(1, 2), key(-1, 2 ** 31 - 1), key(0, 0)]) {
      const [expected, received] = await engines.outputs(program, { key: draw });
      expect(received).toEqual(expected);
    }
  });

  it('removes what stopped gradients would compute', async () => {
    const gradientOf = (f: (x: tf.Tensor) => tf.Tensor): Program => {
      return ({ inputs }) => ({ outputs: { g: tf.grad((x: tf.Tensor) => tf.sum(f(x)))(inputs.x) } });
    };
    const inputs = { x: { dtype: 'float32' as const, shape: [3] } };
    const stopped = await compile(
      gradientOf((x) => tf.mul(x, stopGradient(tf.exp(tf.sin(x))))),
      { constants: {}, state: {}, inputs },
    );
    const open = await compile(
      gradientOf((x) => tf.mul(x, tf.exp(tf.sin(x)))),
      { constants: {}, state: {}, inputs },
    );
    expect(stopped.report.nodes).toBeLessThan(open.report.nodes);
    const { g } = await stopped.run({ x: value(0, 1, 2) });
    expect(g.data[1]).toBeCloseTo(Math.exp(Math.sin(1)), 5);
  });

  it('reports what was compiled', async () => {
    const { report, outputs } = await compile(counter, signature);
    expect(outputs).toEqual({ next: { dtype: 'float32', shape: [2] } });
    expect(report).toMatchObject({ kernels: 2 });
    expect(report.sessionMilliseconds).toBeGreaterThan(0);
  });

  it.each([
    [
      'an unknown provider',
      { executionProviders: ['cpuu'] },
      /no execution provider "cpuu" here; it has cpu.*Did you mean "cpu"/,
    ],
    ['a missing provider', { executionProviders: ['coreml'] }, /no execution provider "coreml".*macOS/],
    ['no provider', { executionProviders: [] }, /No execution provider was asked for/],
    ['half a thread', { threads: 0.5 }, /whole number of threads/],
  ])('refuses %s', async (_, options, message) => {
    await expect(createEngine(options)).rejects.toThrow(message);
  });

  it('says how to get a provider whose library is missing', async () => {
    const other = await createEngine({ executionProviders: ['cuda'] });
    const compiled = other.compile(counter, signature, { label: 'test' });
    await expect(compiled).rejects.toThrow(/could not start program "test" on cuda.*ONNXRUNTIME_NODE_INSTALL/s);
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const executable = await compile(counter, signature);
    await executable.writeState(first);
    await executable.run({ amount: value(1, 1) });
    expect(tf.memory().numTensors).toBe(before);
  });
});
