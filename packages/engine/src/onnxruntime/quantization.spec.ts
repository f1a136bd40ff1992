import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { createEngine } from '../create-engine.js';
import type { Engine, NamedValues, Program, ProgramSignature } from '../engine.js';
import { QuantizationError } from '../errors.js';
import type { Quantization } from '../onnx/quantization/quantization.js';
import { drawUniform } from '../ops/keyed-hash.js';

const float = (shape: readonly number[], data: Float32Array) => ({ dtype: 'float32', shape, data }) as const;
let draws = 0;
const values = (size: number, spread: number): Float32Array =>
  drawUniform([5, draws++], 0, size).map((draw) => spread * (2 * draw - 1));
const weights = (...shape: number[]) => {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return float(shape, values(size, Math.sqrt((3 * shape[shape.length - 1]) / size)));
};

/** Weights whose last axis is channels, those of channel 0 scaled. */
const withFirst = (factor: number, { shape, data }: ReturnType<typeof weights>, channels = 16) =>
  float(
    shape,
    data.map((value, index) => (index % channels === 0 ? factor * value : value)),
  );

const CONSTANTS: NamedValues = {
  stem: weights(3, 3, 3, 16),
  shift: float([16], values(16, 0.5)),
  block: weights(3, 3, 16, 16),
  // Channel 0 is nought before its large weights: they harm nothing, unless all channels share one scale.
  dead: withFirst(0, weights(3, 3, 16, 16)),
  depthwise: withFirst(1000, weights(3, 3, 16, 1)),
  narrow: weights(1, 1, 16, 24),
  dense: weights(24, 40),
  bias: float([40], values(40, 0.3)),
  out: weights(5, 40),
};
const SIGNATURE: ProgramSignature = {
  constants: CONSTANTS,
  state: {},
  inputs: { x: { dtype: 'float32', shape: ['batch', 16, 16, 3] } },
};

/** Every 8-bit operation: convolutions with and without bias and rectification, a sum, a maximum, products of both kinds; a depthwise convolution between. */
const network: Program = ({ constants: c, inputs }) => {
  const conv = (x: tf.Tensor4D, filter: tf.Tensor) => tf.conv2d(x, filter as tf.Tensor4D, 1, 'same');
  const stem = tf.relu(tf.add<tf.Tensor4D>(conv(inputs.x.as4D(-1, 16, 16, 3), c.stem), c.shift));
  const pooled = tf.maxPool(tf.relu(conv(stem, c.dead)), 2, 2, 'same');
  const deep = tf.depthwiseConv2d(pooled, c.depthwise as tf.Tensor4D, 1, 'same');
  const sum = tf.relu(tf.add<tf.Tensor4D>(conv(pooled, c.block), conv(deep, c.block)));
  const mean = tf.mean<tf.Tensor2D>(tf.relu6(conv(sum, c.narrow)), [1, 2]);
  const hidden = tf.relu(tf.add<tf.Tensor2D>(tf.matMul(mean, c.dense as tf.Tensor2D), c.bias));
  return { outputs: { y: tf.matMul(hidden, c.out, false, true), sum } };
};

const sample = (batch: number) => ({ x: float([batch, 16, 16, 3], values(batch * 16 * 16 * 3, 1)) });

/** Root of the mean square of the difference, for a reference of standard deviation 1. */
function relativeError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  const reference = Array.from(expected);
  const mean = reference.reduce((total, value) => total + value, 0) / reference.length;
  const spread = reference.reduce((total, value) => total + (value - mean) ** 2, 0);
  return Math.sqrt(reference.reduce((total, value, index) => total + (value - found[index]) ** 2, 0) / spread);
}

describe('computing in 8 bits', () => {
  let engine: Engine;
  let quantizations: Quantization[];

  beforeAll(async () => {
    engine = await createEngine({ engine: 'onnxruntime' });
    const samples = Array.from({ length: 8 }, () => sample(1));
    quantizations = await engine.calibrate(network, SIGNATURE, samples, ['extremes', 'mean-extremes']);
  });
  afterAll(() => engine.dispose());

  it('gives nearly the numbers of float32, for any batch, by plain data that can be stored', async () => {
    const exact = await engine.compile(network, SIGNATURE);
    for (const quantization of quantizations) {
      const stored = JSON.parse(JSON.stringify(quantization)) as Quantization;
      const bytes = await engine.compile(network, SIGNATURE, { quantization: stored });
      for (const batch of [1, 5]) {
        const input = sample(batch);
        const [found, expected] = [await bytes.run(input), await exact.run(input)];
        expect(found.y.shape).toEqual([batch, 5]);
        const error = relativeError(found.y.data, expected.y.data);
        expect(error).toBeLessThan(0.05);
        // It would be nought if nothing were rounded.
        expect(error).toBeGreaterThan(1e-4);
        expect(relativeError(found.sum.data, expected.sum.data)).toBeLessThan(0.05);
      }
    }
  });

  it('finds ranges by each rule: extremes contain the mean extremes', () => {
    const [extremes, mean] = quantizations;
    expect([extremes.rule, mean.rule]).toEqual(['extremes', 'mean-extremes']);
    const names = Object.keys(extremes.ranges);
    expect(names.length).toBeGreaterThanOrEqual(6);
    for (const name of names) {
      expect(extremes.ranges[name][0]).toBeLessThanOrEqual(mean.ranges[name][0]);
      expect(extremes.ranges[name][1]).toBeGreaterThanOrEqual(mean.ranges[name][1]);
    }
  });

  it('refuses ranges of another program, no samples, and programs with nothing to compute in 8 bits', async () => {
    const other: Program = (args) => ({ outputs: { y: tf.relu(network(args).outputs.y) } });
    const misfit = engine.compile(other, SIGNATURE, { quantization: quantizations[0] });
    await expect(misfit).rejects.toBeInstanceOf(QuantizationError);
    await expect(misfit).rejects.toThrow(/not the one that its 8-bit ranges were found for.*Calibrate it again/);
    await expect(engine.calibrate(network, SIGNATURE, [], ['extremes'])).rejects.toThrow(/on no samples/);
    const plain: Program = ({ inputs: { x } }) => ({ outputs: { y: tf.relu(x) } });
    const signature = { ...SIGNATURE, constants: {} };
    await expect(engine.calibrate(plain, signature, [sample(1)], ['extremes'])).rejects.toThrow(
      /no convolution or matrix product with constant weights/,
    );
  });

  it('is refused by engines that compute in float32 only', async () => {
    const reference = await createEngine({ engine: 'reference' });
    await expect(reference.calibrate(network, SIGNATURE, [sample(1)], ['extremes'])).rejects.toThrow(QuantizationError);
    await expect(reference.compile(network, SIGNATURE, { quantization: quantizations[0] })).rejects.toThrow(
      /"reference" computes in float32 only/,
    );
    await reference.dispose();
  });
});
