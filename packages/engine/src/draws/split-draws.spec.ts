import { describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { createEngine } from '../create-engine.js';
import type { Program, ProgramSignature } from '../engine.js';
import { keyedUniform } from '../ops/keyed-uniform.js';
import { lower } from '../onnx/lowering/lower.js';
import { floats } from '../testing/check-op.js';
import { testedEngine } from '../testing/tested-engine.js';
import { trace } from '../trace/trace.js';
import { DrawThreads } from './draw-threads.js';
import { HostDraws } from './host-draws.js';
import { SharedDraws } from './shared-draws.js';
import { splitDraws } from './split-draws.js';

/** Not a multiple of the four that are drawn at a time. */
const SHAPE = [3, 5, 7];
const signature = {
  constants: {},
  state: { weight: { dtype: 'float32', shape: SHAPE } },
  inputs: { key: { dtype: 'int32', shape: [2] } },
} satisfies ProgramSignature;

/** A mask that is used twice, one without a scale, one whose draws are read as well, plain draws, and draws with a key that is computed. */
const program: Program = ({ state, inputs }) => {
  const keep = (salt: number, below: number) =>
    tf.cast(tf.less(keyedUniform(inputs.key, salt, SHAPE), below), 'float32');
  const mask = tf.mul(keep(1, 0.9), 1 / 0.9);
  const read = keyedUniform(inputs.key, 2, SHAPE);
  const other = keyedUniform(tf.add(inputs.key, tf.scalar(1, 'int32')), 3, [2]);
  const weight = tf.add(tf.mul(tf.mul(state.weight, mask), mask), tf.mul(keep(4, 0.25), 0.5));
  return {
    outputs: { mask: tf.mul(mask, 2), read, few: tf.cast(tf.less(read, 0.5), 'float32'), other, kept: keep(5, 0.5) },
    state: { weight },
  };
};
const keyAt = (step: number) => ({ key: { dtype: 'int32', shape: [2], data: Int32Array.of(-7, step) } }) as const;

describe('draws on the host', () => {
  it('take masks as a whole, plain draws, and leave those whose key is computed', () => {
    const { graph, draws } = splitDraws(trace('test', program, signature).graph);
    const taken = draws.map(({ salt, mask }) => [salt, mask?.below, mask?.scale]);
    const near = (value: number) => Math.fround(value);
    expect(taken.sort()).toEqual([
      [1, near(0.9), near(1 / 0.9)],
      [2, undefined, undefined],
      [4, 0.25, 0.5],
      [5, 0.5, 1],
    ]);
    const left = graph.values.flatMap((value) => (value.kind === 'node' ? value.operation : []));
    expect(left.filter((operation) => operation === 'KeyedUniform')).toHaveLength(1);
    expect(graph.arguments.filter(({ role }) => role === 'draw')).toHaveLength(4);
  });

  it('let a masked ReLU go: its gradient is gated by what is masked', async () => {
    const shape = [4, 8];
    const layer: Program = ({ inputs, state }) => {
      const { value, grads } = tf.valueAndGrads((x: tf.Tensor) => {
        const mask = tf.mul(tf.cast(tf.less(keyedUniform(inputs.key, 1, shape), 0.5), 'float32'), 2);
        return tf.sum(tf.square(tf.mul(tf.relu(x), mask)));
      })([inputs.x]);
      return { outputs: { value, gradient: grads[0] }, state: { count: tf.add(state.count, value) } };
    };
    const inputs = { ...signature.inputs, x: { dtype: 'float32', shape } } as const;
    const count = { dtype: 'float32', shape: [] } as const;
    const masked = { constants: {}, state: { count }, inputs } satisfies ProgramSignature;
    const { model } = lower(trace('test', layer, masked).graph, {}, { drawsOnHost: true });
    expect(model.nodes.find(({ operator }) => operator === 'HardSigmoid')?.inputs[0]).toMatch(/^Multiply/);
    const engines = [await createEngine({ engine: 'reference' }), await createEngine(testedEngine())];
    const values = { ...keyAt(3), x: floats(shape) };
    const results = await Promise.all(
      engines.map(async (engine) => {
        const executable = await engine.compile(layer, masked);
        await executable.writeState({ count: { ...count, data: Float32Array.of(0) } });
        return executable.run(values);
      }),
    );
    expect(results[1]?.gradient).toEqual(results[0]?.gradient);
    for (const engine of engines) await engine.dispose();
  });

  it('decide as bytes what they decide as numbers', () => {
    const masks = [1, 15, 16, 17, 1000].map((count, index) => ({
      ...{ name: String(index), key: 'key', salt: index, shape: [count], mask: { below: 0.75, scale: 1 } },
    }));
    const filled = new HostDraws(masks.flatMap((draw) => [draw, { ...draw, asTruths: true }])).fill(() => [7, 8]);
    masks.forEach(({ shape: [count] }, index) => {
      const [numbers, bytes] = filled.slice(2 * index).map(({ data }) => data);
      expect(bytes).toBeInstanceOf(Uint8Array);
      expect([...(bytes ?? [])]).toEqual([...(numbers ?? [])]);
      expect(bytes).toHaveLength(count ?? 0);
    });
    const kept = Array.from(filled[9]?.data ?? []).filter((truth) => truth === 1).length;
    expect(kept).toBeGreaterThan(700);
    expect(kept).toBeLessThan(800);
  });

  it('are the same in several threads, step by step', async () => {
    const draws = [2 ** 18, 7, 33].flatMap((count, index) => {
      const draw = { key: 'key', salt: index, shape: [count] };
      const mask = { below: 0.5, scale: 2 };
      const named = [draw, { ...draw, mask }, { ...draw, mask, asTruths: true }];
      return named.map((each, kind) => ({ ...each, name: `${index} ${kind}` }));
    });
    const threads = new DrawThreads(2);
    const [alone, shared] = [new HostDraws(draws), new SharedDraws(draws, threads)];
    for (const step of [1, 2]) {
      const expected = new Map(alone.fill(() => [5, step]).map(({ draw, data }) => [draw.name, data]));
      const received = await shared.fill(() => [5, step]);
      expect(received.map(({ draw }) => draw.name).sort()).toEqual([...expected.keys()].sort());
      for (const { draw, data } of received) expect(data).toEqual(expected.get(draw.name));
    }
    await threads.dispose();
  });

  it('say why a thread ended, and are computed by a new one afterwards', async () => {
    const threads = new DrawThreads(1);
    const job = { kind: 'masks', keys: [5, 6], below: 2, scale: 3 } as const;
    // No memory of WebAssembly is so large.
    const tooLarge = threads.run(0, [{ ...job, bytes: 2 ** 40, buffer: new ArrayBuffer(16) }]);
    await expect(tooLarge).rejects.toThrow(/^A thread that draws ended with code 1: RangeError: .*not computed\.$/);
    const [buffer] = await threads.run(0, [{ ...job, bytes: 16, buffer: new ArrayBuffer(12) }]);
    expect(new Float32Array(buffer ?? new ArrayBuffer(0))).toEqual(Float32Array.of(3, 3, 3));
    await threads.dispose();
  });

  it('are the very bits of the reference engine, at every step anew', async () => {
    const engines = [await createEngine({ engine: 'reference' }), await createEngine(testedEngine())];
    const [expected, received] = await Promise.all(engines.map((engine) => engine.compile(program, signature)));
    const weight = floats(SHAPE);
    for (const executable of [expected, received]) await executable?.writeState({ weight });
    const masks: unknown[] = [];
    for (const step of [0, 1, 2 ** 31 - 1]) {
      const outputs = await received?.run(keyAt(step));
      expect(outputs).toEqual(await expected?.run(keyAt(step)));
      masks.push(outputs?.mask);
    }
    expect(masks[0]).not.toEqual(masks[1]);
    expect(await received?.readState()).toEqual(await expected?.readState());
    for (const engine of engines) await engine.dispose();
  });
});
