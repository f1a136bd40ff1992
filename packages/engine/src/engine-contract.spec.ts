import { afterAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { createEngine, keyedUniform, stopGradient } from './index.js';
import type { EngineName, NamedValues, Program, ProgramSignature } from './index.js';
import { floats } from './testing/check-op.js';
import { EngineComparison } from './testing/compare-engines.js';
import { testedEngine } from './testing/tested-engine.js';

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

describe(`the contract of engines, on ${testedEngine().engine}`, () => {
  const engine = createEngine(testedEngine());
  const engines = new EngineComparison();
  afterAll(async () => {
    await engines.dispose();
    await (await engine).dispose();
  });
  const compile = async (program: Program, given: ProgramSignature) =>
    (await engine).compile(program, given, { label: 'test' });

  it('describes itself', async () => {
    const { engine: name, executionProviders } = testedEngine();
    expect((await engine).description).toMatchObject({
      name,
      version: expect.stringMatching(/^\d+\.\d+/),
      device: name === 'onnxruntime' ? executionProviders[0] : expect.any(String),
    });
  });

  it.each([
    ['refrence', /no engine "refrence": use auto, onnxruntime, tensorflow, reference\. Did you mean "reference"\?/],
    ['cuda', /no engine "cuda": use auto/],
  ])('is not named %s', async (name, message) => {
    await expect(createEngine({ engine: name as EngineName })).rejects.toThrow(message);
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

  it('copies state in and out', async () => {
    const executable = await compile(counter, signature);
    const total = value(1, 2);
    await executable.writeState({ ...first, total });
    total.data[0] = 99;
    const read = await executable.readState();
    read.total.data.fill(7);
    expect([...(await executable.readState(['total'])).total.data]).toEqual([1, 2]);
  });

  it('hands over inputs that a program returns as they are, in arrays of their own', async () => {
    const program: Program = ({ state, inputs }) => ({
      outputs: { x: inputs.x, old: state.last },
      state: { last: inputs.x },
    });
    const executable = await compile(program, {
      constants: {},
      state: { last: { dtype: 'float32', shape: [2] } },
      inputs: { x: { dtype: 'float32', shape: [2] } },
    });
    await executable.writeState({ last: value(0, 0) });
    const x = value(1, 2);
    const { x: returned } = await executable.run({ x });
    x.data.fill(5);
    returned.data.fill(6);
    const { old } = await executable.run({ x });
    expect([...old.data]).toEqual([1, 2]);
    old.data.fill(7);
    expect([...(await executable.readState()).last.data]).toEqual([5, 5]);
  });

  it('runs programs that change state and answer nothing', async () => {
    const program: Program = ({ state, inputs }) => ({
      outputs: {},
      state: { total: tf.add(tf.mul(state.total, 0.5), inputs.amount) },
    });
    const executable = await compile(program, { ...signature, state: { total: signature.state.total } });
    await executable.writeState({ total: value(1, 2) });
    for (const amount of [1, 2]) expect(await executable.run({ amount: value(amount, amount) })).toEqual({});
    expect([...(await executable.readState()).total.data]).toEqual([2.75, 3]);
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
    await expect(executable.run({ amount: value(1, 1) })).rejects.toThrow(/was disposed/);
  });

  it.each([
    ['a missing input', {}, /was run without its input "amount"/],
    [
      'an unknown input',
      { amount: value(1, 1), amuont: value(1) },
      /no input "amuont": it has "amount"\. Did you mean "amount"\?/,
    ],
    [
      'a wrong shape',
      { amount: value(1, 2, 3) },
      /"amount" of program "test" must be float32\[2\] but is float32\[3\]/,
    ],
    [
      'a wrong array',
      { amount: { dtype: 'float32' as const, shape: [2], data: Int32Array.of(1, 2) } },
      /its data must be a Float32Array/,
    ],
    ['no inputs at all', undefined as unknown as NamedValues, /received undefined in the place of its input values/],
    [
      'an input that is no value',
      { amount: null } as unknown as NamedValues,
      /"amount" of program "test" has no shape, or is no value: give \{ name/,
    ],
    [
      'too little data',
      { amount: { dtype: 'float32' as const, shape: [2], data: Float32Array.of(1) } },
      /its data must have 2 elements; it has 1/,
    ],
  ])('refuses %s', async (_, inputs, message) => {
    const executable = await compile(counter, signature);
    await executable.writeState(first);
    await expect(executable.run(inputs)).rejects.toThrow(message);
  });

  it('refuses a signature that is not whole', async () => {
    const part = { inputs: signature.inputs } as unknown as ProgramSignature;
    await expect(compile(counter, part)).rejects.toThrow(
      /"test" lacks constants, state: give \{ constants, state, inputs/,
    );
  });

  it('refuses a program that computes nothing', async () => {
    await expect(compile(() => ({ outputs: {} }), signature)).rejects.toThrow(/returned no output and no state/);
  });

  it('refuses new state of another shape', async () => {
    const program: Program = () => ({ outputs: {}, state: { total: tf.zeros([3]) } });
    await expect(compile(program, signature)).rejects.toThrow(
      /returned float32\[3\] for the state entry "total", which is float32\[2\]/,
    );
  });

  it('refuses wrong signatures', async () => {
    const inputs = { amount: { dtype: 'float32' as const, shape: [1.5] } };
    await expect(compile(counter, { ...signature, inputs })).rejects.toThrow(/1\.5 is no length of an axis/);
  });

  it('takes values of every element type in and out, and as state', async () => {
    const program: Program = ({ constants, state, inputs }) => ({
      outputs: {
        sum: tf.add(inputs.i, constants.i),
        not: tf.logicalNot(inputs.b),
        both: tf.logicalAnd(inputs.b, state.b),
      },
      state: { i: tf.add(state.i, inputs.i), b: tf.logicalXor(state.b, inputs.b) },
    });
    const integers = { dtype: 'int32' as const, shape: [3], data: Int32Array.of(-5, 0, 2 ** 30) };
    const truths = { dtype: 'bool' as const, shape: [3], data: Uint8Array.of(1, 0, 1) };
    const executable = await compile(program, {
      constants: { i: integers },
      state: { i: { dtype: 'int32', shape: [3] }, b: { dtype: 'bool', shape: [3] } },
      inputs: { i: { dtype: 'int32', shape: [3] }, b: { dtype: 'bool', shape: [3] } },
    });
    await executable.writeState({ i: integers, b: truths });
    const { sum, not, both } = await executable.run({ i: { ...integers, data: Int32Array.of(1, 2, 3) }, b: truths });
    expect(sum).toEqual({ dtype: 'int32', shape: [3], data: Int32Array.of(-4, 2, 2 ** 30 + 3) });
    expect(not).toEqual({ dtype: 'bool', shape: [3], data: Uint8Array.of(0, 1, 0) });
    expect(both).toEqual(truths);
    expect(await executable.readState()).toEqual({
      i: { dtype: 'int32', shape: [3], data: Int32Array.of(-4, 2, 2 ** 30 + 3) },
      b: { dtype: 'bool', shape: [3], data: Uint8Array.of(0, 0, 0) },
    });
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

  it('updates filters with an input that has a number for each of their elements', async () => {
    const [weights, rates] = [floats([4, 3, 2, 2]), floats([4, 3, 2, 2])];
    const { data: _, ...spec } = weights;
    const executable = await compile(
      ({ state, inputs }) => {
        const filter = tf.transpose(state.weight, [2, 3, 1, 0]) as tf.Tensor4D;
        const y = tf.conv2d(inputs.x as tf.Tensor4D, filter, 1, 'valid');
        return { outputs: { y }, state: { weight: tf.sub(state.weight, inputs.rates) } };
      },
      { constants: {}, state: { weight: spec }, inputs: { x: { ...spec, shape: [1, 3, 3, 3] }, rates: spec } },
    );
    await executable.writeState({ weight: weights });
    await executable.run({ x: floats([1, 3, 3, 3]), rates });
    const { weight } = await executable.readState();
    expect([...weight.data]).toEqual(
      [...weights.data].map((element, index) => Math.fround(element - (rates.data[index] ?? 0))),
    );
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

  it('draws keyed numbers that depend on key and salt alone', async () => {
    const program: Program = ({ inputs }) => ({
      outputs: { a: keyedUniform(inputs.key, 1, [1000]), b: keyedUniform(inputs.key, 2, [1000]) },
    });
    const inputs = { key: { dtype: 'int32' as const, shape: [2] } };
    const executable = await compile(program, { constants: {}, state: {}, inputs });
    const draw = (...numbers: number[]) => executable.run({ key: key(...numbers) });
    const drawn = await draw(3, -4);
    expect(await draw(3, -4)).toEqual(drawn);
    expect(drawn.a).not.toEqual(drawn.b);
    expect((await draw(4, -4)).a).not.toEqual(drawn.a);
    expect((await draw(3, -5)).a).not.toEqual(drawn.a);
    const values = [...drawn.a.data];
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(values.reduce((sum, number) => sum + number, 0) / 1000).toBeCloseTo(0.5, 1);
  });

  it('stops gradients', async () => {
    const program: Program = ({ inputs }) => {
      const gradient = tf.grad((x: tf.Tensor) => tf.sum(tf.mul(x, stopGradient(x))))(inputs.x);
      return { outputs: { gradient } };
    };
    const inputs = { x: { dtype: 'float32' as const, shape: [3] } };
    const executable = await compile(program, { constants: {}, state: {}, inputs });
    expect([...(await executable.run({ x: value(1, 2, 3) })).gradient.data]).toEqual([1, 2, 3]);
  });

  it('leaves no tensor behind, in TensorFlow.js', async () => {
    await tf.setBackend('cpu');
    const before = tf.memory();
    const executable = await compile(counter, signature);
    await executable.writeState(first);
    for (let i = 0; i < 5; i++) await executable.run({ amount: value(1, 1) });
    await executable.dispose();
    expect(tf.getBackend()).toBe('cpu');
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
  });
});
