import { afterAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { createEngine, listProviders, stopGradient } from '../index.js';
import type { Program, ProgramSignature } from '../index.js';

const value = (...data: number[]) => ({
  dtype: 'float32' as const,
  shape: [data.length],
  data: Float32Array.from(data),
});

const counter: Program = ({ state, inputs }) => {
  const next = tf.add(state.total, tf.mul(inputs.amount, 2));
  return { outputs: { next }, state: { total: next } };
};
const signature: ProgramSignature = {
  constants: {},
  state: { total: { dtype: 'float32', shape: [2] } },
  inputs: { amount: { dtype: 'float32', shape: [2] } },
};

/** What only this engine does; the contract of all engines is tested in engine-contract.spec.ts. */
describe('the onnxruntime engine', () => {
  const engine = createEngine({ threads: 1 });
  afterAll(async () => {
    await (await engine).dispose();
  });
  const compile = async (program: Program, given: ProgramSignature) =>
    (await engine).compile(program, given, { label: 'test' });

  it.each(['sleep', 'spin'] as const)('runs with threads that wait by %s', async (waiting) => {
    const waitingEngine = await createEngine({ threads: 2, waiting });
    const executable = await waitingEngine.compile(counter, signature);
    await executable.writeState({ total: value(1, 2) });
    expect((await executable.run({ amount: value(1, 1) })).next).toEqual(value(3, 4));
    await waitingEngine.dispose();
  });

  it('describes itself', async () => {
    expect((await engine).description).toEqual({
      name: 'onnxruntime',
      version: expect.stringMatching(/^\d+\.\d+/),
      device: 'cpu',
      threads: 1,
    });
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
    await expect(createEngine({ executionProviders: ['cuda'] })).rejects.toThrow(
      /provider "cuda".*not available here: its library is missing.*ONNXRUNTIME_NODE_INSTALL/s,
    );
  });

  it('lists the providers that start by name, and how to get the others', async () => {
    const providers = await listProviders();
    expect(providers.map(({ name }) => name)).toEqual(['cuda', 'webgpu', 'cpu']);
    for (const { name, available, detail } of providers) {
      const started = createEngine({ executionProviders: [name], threads: 1 });
      if (available) await (await started).dispose();
      else await expect(started).rejects.toThrow(detail.slice(detail.indexOf('. ') + 2));
    }
    expect(providers.at(-1)).toMatchObject({ available: true });
  });

  it('takes what works with auto, and refuses unknown names after it', async () => {
    const { description } = await createEngine({ executionProviders: ['auto', 'cuda', 'cpu'] });
    expect(description.device).toBe('cpu');
    await expect(createEngine({ executionProviders: ['auto', 'cuba'] })).rejects.toThrow(/Did you mean "cuda"/);
  });
});
