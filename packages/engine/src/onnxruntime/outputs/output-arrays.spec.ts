import { describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { createEngine } from '../../create-engine.js';
import type { AxisLength, Program } from '../../engine.js';
import type { ModelPort } from '../../onnx/lowering/model-ports.js';
import { PlacedOutputs } from './output-arrays.js';

const float32 = (...shape: number[]) => ({ dtype: 'float32' as const, shape });

/** The state `sine` comes from the graph, `weight` from an update that takes a gradient from it. */
const program: Program = ({ state, inputs }) => {
  const gradient = tf.sin(tf.mul(state.weight, inputs.x));
  return {
    outputs: { gradient, sum: tf.sum(gradient), large: tf.greater(gradient, 0.5) },
    state: { weight: tf.sub(state.weight, tf.mul(gradient, inputs.rate)), sine: tf.sin(state.sine) },
  };
};
const signature = {
  constants: {},
  state: { weight: float32(3), sine: float32(2, 2) },
  inputs: { x: float32(3), rate: float32() },
};

describe('outputs of a step that updates state', () => {
  it('belong to whoever asked for them: later steps leave them as they are', async () => {
    const engine = await createEngine({ threads: 1 });
    const executable = await engine.compile(program, signature);
    await executable.writeState({
      weight: { ...float32(3), data: Float32Array.of(1, 2, 3) },
      sine: { ...float32(2, 2), data: Float32Array.of(1, 2, 3, 4) },
    });
    const x = { ...float32(3), data: Float32Array.of(0.5, 0.25, 0.125) };
    const inputs = { x, rate: { ...float32(), data: Float32Array.of(0.5) } };
    const first = await executable.run(inputs);
    const [weight, sine] = [[1, 2, 3], [1, 2, 3, 4].map(Math.sin)];
    const gradient = weight.map((value, index) => Math.sin(value * x.data[index]));
    const kept = structuredClone(first);
    for (let step = 0; step < 3; step++) await executable.run(inputs);
    expect(first).toEqual(kept);
    gradient.forEach((value, index) => expect(first.gradient.data[index]).toBeCloseTo(value, 6));
    expect([...first.large.data]).toEqual(gradient.map((value) => Number(value > 0.5)));
    const state = await executable.readState(['sine']);
    sine.forEach((value, index) => expect(state.sine.data[index]).toBeCloseTo(Math.sin(Math.sin(Math.sin(value))), 6));
    await engine.dispose();
  });
});

describe('PlacedOutputs', () => {
  const port = (...dims: AxisLength[]): ModelPort => ({
    ...{ role: 'output', name: 'y', tensor: 'y', dtype: 'float32', layout: [0, 1] },
    dims,
  });

  it('asks for outputs that have elements, and whose extents are known', () => {
    expect(PlacedOutputs.of([port(2, 3), port()], '')).toBeInstanceOf(PlacedOutputs);
    expect(PlacedOutputs.of([port(2, 3), port('batch', 3)], '')).toBeUndefined();
    expect(PlacedOutputs.of([port(2, 0)], '')).toBeUndefined();
  });
});
