import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { createForwardScope, createParameterDeclarations, gradientsOf, parseOptions, tf, z } from '@query2label/sdk';
import { formulaParameters, hashOf, uniformAt } from '@query2label/sdk/testing';
import { MlDecoder, mlDecoderOptions } from './index.js';

const numbers = z.array(z.number());
const cases = z.array(
  z.object({
    name: z.string(),
    labels: z.int(),
    groups: z.int(),
    stateDict: z.record(z.string(), numbers),
    logits: numbers,
    attention: numbers,
    gradientNorms: z.record(z.string(), z.number()),
    featureGradient: numbers,
  }),
);

/** Computed by PyTorch in float64; test/support/python/ml_decoder_reference.py writes it. */
const REFERENCE = cases.parse(JSON.parse(readFileSync(new URL('testing/reference.json', import.meta.url), 'utf8')));
const [BATCH, ROWS, COLUMNS, CHANNELS] = [2, 2, 3, 12];
const SIZES = { hiddenSize: 16, heads: 2, feedForwardSize: 24, dropout: 0 };

const formula = (name: string, shape: number[]): tf.Tensor => {
  const seed = hashOf(name);
  const size = shape.reduce((product, extent) => product * extent, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, index) => uniformAt(seed, index)),
    shape,
  );
};

const expectClose = (found: tf.Tensor, expected: readonly number[], tolerance: number): void => {
  const values = found.dataSync();
  expect(values).toHaveLength(expected.length);
  const largest = Math.max(...expected.map((value, index) => Math.abs(value - values[index])));
  expect(largest).toBeLessThan(tolerance);
};

describe.each(REFERENCE)('ML-Decoder like PyTorch: $name', ({ labels, groups, ...expected }) => {
  const declarations = createParameterDeclarations();
  const options = parseOptions(mlDecoderOptions, { ...SIZES, groups }, 'decoder "ml-decoder"');
  const featureMap = { height: ROWS, width: COLUMNS, channels: CHANNELS };
  const decoder = new MlDecoder().build(options, { featureMap, labelCount: labels, parameters: declarations });
  const parameters = Object.fromEntries(
    Object.entries(formulaParameters(declarations.specs)).map(
      ([name, { data, shape }]) => [name, tf.tensor(data, [...shape])] as const,
    ),
  );
  const features = formula('features', [BATCH, ROWS, COLUMNS, CHANNELS]);
  const forward = (map: tf.Tensor, training: boolean) =>
    decoder.forward(createForwardScope({ parameters, training }), map.as4D(BATCH, ROWS, COLUMNS, CHANNELS));

  it('has the same state dict', () => {
    expect(Object.fromEntries(declarations.specs.map(({ name, shape }) => [name, shape]))).toEqual(expected.stateDict);
  });

  it('gives the same logits and attention', () => {
    const { logits, attention } = forward(features, false);
    expectClose(logits, expected.logits, 2e-6);
    expectClose(attention[0], expected.attention, 1e-6);
  });

  it('has the same gradients', () => {
    const trainable = declarations.specs.filter(({ role }) => role === 'trainable').map(({ name }) => name);
    const weights = formula('weights', [BATCH, labels]);
    const at = { features, ...Object.fromEntries(trainable.map((name) => [name, parameters[name]])) };
    const { gradients } = gradientsOf(
      () => ({ value: tf.sum(tf.mul(forward(features, true).logits, weights)).asScalar() }),
      at,
    );
    expect(Object.keys(expected.gradientNorms).sort()).toEqual([...trainable].sort());
    for (const [name, norm] of Object.entries(expected.gradientNorms)) {
      const found = tf.norm(gradients[name] ?? tf.scalar(Number.NaN)).arraySync();
      expect(Math.abs(Number(found) - norm)).toBeLessThan(1e-5 * Math.max(1, norm));
    }
    expectClose(gradients.features ?? tf.scalar(Number.NaN), expected.featureGradient, 1e-5);
  });
});
