import { afterAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { createEngine } from '../create-engine.js';
import type { Program } from '../engine.js';
import { lower } from '../onnx/lowering/lower.js';
import { floats } from '../testing/check-op.js';
import { relativeError } from '../testing/compare-engines.js';
import { trace } from '../trace/trace.js';
import { channelBlock } from './channel-block.js';

const count = { dtype: 'float32', shape: [] } as const;

/** By shape, summed axes, and whether a product does it. */
const CASES = [
  [[160, 12, 32], [2], true],
  [[160, 12, 32], [1, 2], true],
  [[160, 12, 32], [0], true],
  [[160, 12, 32], [0, 1], true],
  [[32, 12, 160], [1], false], // neither first nor last
  [[160, 12, 32], [0, 2], false],
  [[160, 12, 32], [0, 1, 2], false],
  [[160, 12, 8], [2], false], // too few each
  [[8, 2, 32], [2], false], // too few in all
  [[3, 16500], [1], false], // too many for one sum
] as const;

describe('sums in training', () => {
  const engines = Promise.all([createEngine({ engine: 'reference' }), createEngine({ threads: 2 })]);
  afterAll(async () => {
    for (const engine of await engines) await engine.dispose();
  });

  it.each(CASES)('of %j over %j, by a product: %s', async (shape, axes, byProduct) => {
    const program: Program = ({ inputs: { x }, state }) => ({
      outputs: {
        sum: tf.sum(x, [...axes]),
        kept: tf.sum(
          tf.square(tf.transpose(x)),
          axes.map((axis) => shape.length - 1 - axis),
          true,
        ),
        mean: tf.mean(x, [...axes], true),
        integers: tf.sum(tf.cast(tf.greater(x, 0), 'int32'), [...axes]),
      },
      state: { count: tf.add(state.count, 1) },
    });
    const x = { dtype: 'float32', shape } as const;
    const signature = { constants: {}, state: { count }, inputs: { x } };
    if ((await channelBlock()) !== undefined) {
      const { nodes } = lower(trace('test', program, signature).graph, {}, { channelBlock: 16 }).model;
      expect(nodes.filter(({ operator }) => operator === 'MatMul')).toHaveLength(byProduct ? 2 : 0);
      expect(nodes.some(({ operator }) => operator === 'ReduceMean')).toBe(!byProduct);
    }
    const values = { x: floats(shape, -0.5, 1) };
    const [expected, received] = await Promise.all(
      (await engines).map(async (engine) => {
        const executable = await engine.compile(program, signature);
        await executable.writeState({ count: { ...count, data: Float32Array.of(0) } });
        return executable.run(values);
      }),
    );
    for (const [name, value] of Object.entries(expected)) {
      expect(received[name].shape).toEqual(value.shape);
      expect(relativeError(value, received[name])).toBeLessThan(1e-5);
    }
  });

  it('hand infinities and what is no number on', async () => {
    const shape = [64, 1024];
    const x = floats(shape);
    x.data[5] = Infinity;
    x.data[1024 + 7] = NaN;
    const program: Program = ({ inputs, state }) => ({
      outputs: { rows: tf.sum(inputs.x, 1) },
      state: { count: tf.add(state.count, 1) },
    });
    const [, engine] = await engines;
    const inputs = { x: { dtype: 'float32', shape } as const };
    const executable = await engine.compile(program, { constants: {}, state: { count }, inputs });
    await executable.writeState({ count: { ...count, data: Float32Array.of(0) } });
    const { rows } = await executable.run({ x });
    expect([...rows.data].slice(0, 2)).toEqual([Infinity, NaN]);
    expect([...rows.data].slice(2).every(Number.isFinite)).toBe(true);
  });
});
