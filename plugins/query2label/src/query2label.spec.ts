import { describe, expect, it } from '@jest/globals';
import { createForwardScope, createParameterDeclarations, initialValues, parseOptions, tf } from '@query2label/sdk';
import { testDecoder } from '@query2label/sdk/testing';
import { Query2Label, query2labelOptions } from './index.js';

const small = { hiddenSize: 8, feedForwardSize: 12, heads: 2 };
const provider = new Query2Label();
testDecoder({ provider, options: small }, { describe, it });
testDecoder(
  {
    provider,
    options: { ...small, preNorm: true, activation: 'gelu', encoderLayers: 0 },
    featureMap: { height: 3, width: 2, channels: 12 },
  },
  { describe, it },
);
testDecoder(
  { provider, options: { ...small, keepFirstSelfAttention: true, keepOtherSelfAttention: true, dropout: 0 } },
  { describe, it },
);

describe('Query2Label', () => {
  const featureMap = { height: 2, width: 3, channels: 12 };
  const build = (options: Record<string, unknown>) => {
    const parameters = createParameterDeclarations();
    const parsed = parseOptions(query2labelOptions, { ...small, ...options }, 'decoder "query2label"');
    return { decoder: new Query2Label().build(parsed, { featureMap, labelCount: 5, parameters }), parameters };
  };

  it.each([
    [{ hiddenSize: 10 }, /hiddenSize: received 10, expected a multiple of 4.*for example 12/],
    [{ heads: 3 }, /heads: received 3, which does not divide hiddenSize 8.*1, 2, 4, 8/],
    [{ inputProjection: false }, /hiddenSize 8, but the backbone has 12 channels; set hiddenSize to 12/],
  ])('refuses %j with the numbers involved', (options, message) => {
    expect(() => build(options)).toThrow(message);
  });

  it('projects the input only where it must, unless told otherwise', () => {
    const projects = (options: Record<string, unknown>) =>
      build(options).parameters.specs.some(({ name }) => name === 'input_proj.weight');
    expect(projects({})).toBe(true);
    expect(projects({ hiddenSize: 12 })).toBe(false);
    expect(projects({ hiddenSize: 12, inputProjection: true })).toBe(true);
  });

  it('returns the attention of every layer and head, which adds up to 1 over the cells', async () => {
    const { decoder, parameters } = build({ decoderLayers: 3 });
    const values = await Promise.all(
      parameters.specs.map(
        async (spec) => [spec.name, tf.tensor(await initialValues(spec, 1), [...spec.shape])] as const,
      ),
    );
    const tables = Object.entries(parameters.tables).map(
      ([name, { data, shape }]) => [name, tf.tensor(data, [...shape])] as const,
    );
    const scope = createForwardScope({ parameters: Object.fromEntries([...values, ...tables]), training: false });
    const { attention } = decoder.forward(scope, tf.ones([2, 2, 3, 12]));
    expect(attention.map(({ shape }) => shape)).toEqual([
      [2, 2, 5, 6],
      [2, 2, 5, 6],
      [2, 2, 5, 6],
    ]);
    for (const weights of attention) {
      for (const sum of tf.sum(weights, -1).dataSync()) expect(sum).toBeCloseTo(1, 5);
    }
  });
});
