import { afterAll, describe, expect, it } from '@jest/globals';
import crypto from 'node:crypto';
import * as tf from '@tensorflow/tfjs';
import { UnsupportedProgramError, createEngine } from '../index.js';
import type { Program, ProgramSignature } from '../index.js';
import { testedEngine } from '../testing/tested-engine.js';
import { withoutHostValues } from './host-values.js';

const signature: ProgramSignature = {
  constants: {},
  state: {},
  inputs: { x: { dtype: 'float32', shape: [2, 3] } },
};

/** A program as JavaScript allows it and TypeScript does not. */
const untyped = (program: (x: tf.Tensor) => unknown): Program => {
  return ({ inputs }) => program(inputs.x) as ReturnType<Program>;
};

describe('a program that takes a value from the host', () => {
  const engine = createEngine(testedEngine());
  afterAll(async () => (await engine).dispose());
  const compile = async (program: Program) => (await engine).compile(program, signature, { label: 'refused' });

  it.each<[string, () => unknown, RegExp]>([
    ['Math.random', () => Math.random(), /^Math\.random cannot be compiled: it draws .*keyed draws/],
    ['crypto.randomUUID', () => globalThis.crypto.randomUUID(), /^crypto\.randomUUID cannot be compiled: it draws/],
    [
      'crypto.getRandomValues',
      () => globalThis.crypto.getRandomValues(new Uint8Array(1)),
      /^crypto\.getRandomValues cannot be compiled: it draws/,
    ],
    ['randomInt of node:crypto', () => crypto.randomInt(3), /^crypto\.randomInt cannot be compiled: it draws/],
    ['Date.now', () => Date.now(), /^Date\.now cannot be compiled: it reads the clock .*an input of the program/],
    ['new Date()', () => new Date(), /^new Date\(\) cannot be compiled: it reads the clock/],
    ['Date()', () => Date(), /^Date cannot be compiled: it reads the clock/],
    ['performance.now', () => performance.now(), /^performance\.now cannot be compiled: it reads the clock/],
    ['process.hrtime', () => process.hrtime(), /^process\.hrtime cannot be compiled: it reads the clock/],
    ['process.hrtime.bigint', () => process.hrtime.bigint(), /^process\.hrtime\.bigint cannot be compiled/],
  ])('%s: is refused', async (_, read, message) => {
    const refusal = compile(({ inputs }) => ({ outputs: { y: tf.mul(inputs.x, Number(read())) } }));
    await expect(refusal).rejects.toThrow(message);
    await expect(refusal).rejects.toBeInstanceOf(UnsupportedProgramError);
  });

  it('leaves the host as it was, after a program and after an error', async () => {
    const host = () => [Math.random, Date, Date.now, process.hrtime, crypto.randomInt].map((value) => value);
    const own = () => [...Object.keys(performance), ...Object.keys(globalThis.crypto)];
    const [before, properties] = [host(), own()];
    await expect(compile(() => JSON.parse('{') as never)).rejects.toThrow(SyntaxError);
    await compile(({ inputs }) => ({ outputs: { y: inputs.x } }));
    expect(host()).toEqual(before);
    expect(own()).toEqual(properties);
    expect(new Date().getTime() + performance.now() + Math.random()).toBeGreaterThan(0);
  });

  it('may make dates of known times', () => {
    const date = withoutHostValues(() => new Date(Date.UTC(2026, 10, 25)));
    expect(date).toBeInstanceOf(Date);
    expect(date.toISOString()).toBe('2026-11-25T00:00:00.000Z');
  });
});

describe('a program that waits or prints', () => {
  const engine = createEngine(testedEngine());
  afterAll(async () => (await engine).dispose());

  it.each<[string, (x: tf.Tensor) => unknown, RegExp]>([
    ['is asynchronous', async (x) => Promise.resolve({ outputs: { y: x } }), /asynchronous.*without async and await/],
    [
      'fails after its first await',
      async (x) => {
        await Promise.resolve();
        return { outputs: { y: tf.add(x, 1) } };
      },
      /^Program "waiting" cannot be compiled: it is asynchronous/,
    ],
    [
      'waits for values',
      async (x) => ({ outputs: { y: tf.mul(x, (await x.data())[0]) } }),
      /reads the values of the input "x"/,
    ],
    ['waits for an array', async (x) => ({ outputs: { y: tf.tensor(await x.array()) } }), /reads the values/],
    ['waits for bytes', async (x) => ({ outputs: { y: tf.tensor(await x.bytes()) } }), /reads the values/],
    ['calls tf.whereAsync', async (x) => ({ outputs: { y: await tf.whereAsync(tf.less(x, 0)) } }), /result of Less/],
    [
      'calls tf.booleanMaskAsync',
      async (x) => ({ outputs: { y: await tf.booleanMaskAsync(x, tf.less(x, 0)) } }),
      /reads the values of the result of/,
    ],
    [
      'reads values and does not wait',
      (x) => {
        void x.data();
        return { outputs: { y: x } };
      },
      /reads the values of the input "x"/,
    ],
    [
      'starts tf.whereAsync and does not wait',
      (x) => {
        void tf.whereAsync(tf.less(x, 0));
        return { outputs: { y: x } };
      },
      /reads the values of the result of Less/,
    ],
    ['prints', (x) => x.print(), /reads the values of the input "x"/],
    ['makes text of a tensor', (x) => x.toString(), /reads the values/],
    ['makes an array', (x) => x.arraySync(), /reads the values/],
    ['makes a buffer', (x) => x.bufferSync(), /reads the values/],
    ['reads buffers of a card', (x) => x.dataToGPU(), /reads the values/],
  ])('%s: is refused, and nothing goes on behind it', async (_, program, message) => {
    const compiled = (await engine).compile(untyped(program), signature, { label: 'waiting' });
    await expect(compiled).rejects.toThrow(message);
    await expect(compiled).rejects.toBeInstanceOf(UnsupportedProgramError);
    // A rejection that nobody handles would fail this test in a round of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
  });

  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /must return \{ outputs: .*returned undefined/],
    ['a number', 3, /returned number/],
    ['tensors without outputs', { y: 3 }, /returned an object without outputs \(y\)/],
  ])('is told what to return when it returns %s', async (_, result, message) => {
    await expect(
      (await engine).compile(
        untyped(() => result),
        signature,
      ),
    ).rejects.toThrow(message);
  });
});
