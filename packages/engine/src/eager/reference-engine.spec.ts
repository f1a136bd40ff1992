import { afterAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import type { Program, ProgramSignature } from '../engine.js';
import { createEngine, keyedUniform, stopGradient } from '../index.js';

const counter: Program = ({ state, inputs }) => {
  const { total } = state;
  const { amount } = inputs;
  if (total === undefined || amount === undefined) throw new Error('missing argument');
  const next = tf.add(total, amount);
  return { outputs: { doubled: tf.mul(next, 2) }, state: { total: next } };
};
const counterSignature: ProgramSignature = {
  constants: {},
  state: { total: { dtype: 'float32', shape: [2] } },
  inputs: { amount: { dtype: 'float32', shape: [2] } },
};
const floats = (...values: number[]) => ({
  dtype: 'float32' as const,
  shape: [values.length],
  data: Float32Array.from(values),
});

describe('the reference engine', () => {
  const engine = createEngine({ engine: 'reference' });
  afterAll(async () => (await engine).dispose());
  const compile = async (program: Program, signature: ProgramSignature) =>
    (await engine).compile(program, signature, { label: 'test' });

  it('keeps state from one run to the next', async () => {
    const executable = await compile(counter, counterSignature);
    await executable.writeState({ total: floats(1, 2) });
    await executable.run({ amount: floats(1, 1) });
    const { doubled } = await executable.run({ amount: floats(1, 1) });
    expect([...(doubled?.data ?? [])]).toEqual([6, 8]);
    expect([...((await executable.readState(['total']))['total']?.data ?? [])]).toEqual([3, 4]);
  });

  it('copies state in and out', async () => {
    const executable = await compile(counter, counterSignature);
    const first = floats(1, 2);
    await executable.writeState({ total: first });
    first.data[0] = 99;
    const read = await executable.readState();
    read['total']?.data.fill(7);
    expect([...((await executable.readState())['total']?.data ?? [])]).toEqual([1, 2]);
  });

  it('leaves no tensor behind', async () => {
    const executable = await compile(counter, counterSignature);
    await executable.writeState({ total: floats(0, 0) });
    const before = tf.memory();
    for (let i = 0; i < 5; i++) await executable.run({ amount: floats(1, 1) });
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
  });

  it.each([
    ['a missing input', {}, /was run without its input "amount"/],
    [
      'an unknown input',
      { amount: floats(1, 1), amuont: floats(1) },
      /no input "amuont": it has "amount"\. Did you mean "amount"\?/,
    ],
    [
      'a wrong shape',
      { amount: floats(1, 2, 3) },
      /"amount" of program "test" must be float32\[2\] but is float32\[3\]/,
    ],
    [
      'a wrong array',
      { amount: { dtype: 'float32' as const, shape: [2], data: Int32Array.of(1, 2) } },
      /its data must be a Float32Array/,
    ],
    [
      'too little data',
      { amount: { dtype: 'float32' as const, shape: [2], data: Float32Array.of(1) } },
      /its data must have 2 elements; it has 1/,
    ],
  ])('refuses %s', async (_, inputs, message) => {
    const executable = await compile(counter, counterSignature);
    await executable.writeState({ total: floats(0, 0) });
    await expect(executable.run(inputs)).rejects.toThrow(message);
  });

  it('refuses to run before state was written, and after dispose', async () => {
    const executable = await compile(counter, counterSignature);
    await expect(executable.run({ amount: floats(1, 1) })).rejects.toThrow(/never\s+written \("total"\)/);
    await executable.dispose();
    await expect(executable.run({ amount: floats(1, 1) })).rejects.toThrow(/was disposed/);
  });

  it('refuses new state of another shape', async () => {
    const program: Program = () => ({ outputs: {}, state: { total: tf.zeros([3]) } });
    await expect(compile(program, counterSignature)).rejects.toThrow(
      /returned float32\[3\] for the state entry "total", which is float32\[2\]/,
    );
  });

  it('refuses wrong signatures', async () => {
    const inputs = { amount: { dtype: 'float32' as const, shape: [1.5] } };
    await expect(compile(counter, { ...counterSignature, inputs })).rejects.toThrow(/1\.5 is no length of an axis/);
  });

  it('draws keyed numbers that depend on key and salt alone', async () => {
    const program: Program = ({ inputs }) => {
      const { key } = inputs;
      if (key === undefined) throw new Error('no key');
      return { outputs: { a: keyedUniform(key, 1, [1000]), b: keyedUniform(key, 2, [1000]) } };
    };
    const executable = await compile(program, {
      constants: {},
      state: {},
      inputs: { key: { dtype: 'int32', shape: [2] } },
    });
    const draw = (...key: number[]) =>
      executable.run({ key: { dtype: 'int32', shape: [2], data: Int32Array.from(key) } });
    const first = await draw(3, -4);
    expect(await draw(3, -4)).toEqual(first);
    expect(first['a']).not.toEqual(first['b']);
    expect((await draw(4, -4))['a']).not.toEqual(first['a']);
    expect((await draw(3, -5))['a']).not.toEqual(first['a']);
    const values = [...(first['a']?.data ?? [])];
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(values.reduce((sum, value) => sum + value, 0) / 1000).toBeCloseTo(0.5, 1);
  });

  it('stops gradients', async () => {
    const program: Program = ({ inputs }) => {
      const { x } = inputs;
      if (x === undefined) throw new Error('no x');
      const gradient = tf.grad((value: tf.Tensor) => tf.sum(tf.mul(value, stopGradient(value))))(x);
      return { outputs: { gradient } };
    };
    const executable = await compile(program, {
      constants: {},
      state: {},
      inputs: { x: { dtype: 'float32', shape: [3] } },
    });
    expect([...((await executable.run({ x: floats(1, 2, 3) }))['gradient']?.data ?? [])]).toEqual([1, 2, 3]);
  });
});
