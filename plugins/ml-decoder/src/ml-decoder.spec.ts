import { describe, expect, it } from '@jest/globals';
import { createForwardScope, createParameterDeclarations, OptionsError, parseOptions, tf } from '@query2label/sdk';
import { createEngine, formulaParameters, testDecoder } from '@query2label/sdk/testing';
import { MlDecoder, mlDecoderOptions } from './index.js';
import { labelGroups } from './label-groups.js';

const provider = new MlDecoder();
const small = { hiddenSize: 8, heads: 2, feedForwardSize: 12 };
testDecoder({ provider, options: small }, { describe, it });
testDecoder({ provider, options: { ...small, groups: 2, dropout: 0 }, labelCount: 7 }, { describe, it });

function build(options: Record<string, unknown>, labelCount: number) {
  const parameters = createParameterDeclarations();
  const parsed = parseOptions(mlDecoderOptions, options, 'decoder "ml-decoder"');
  const featureMap = { height: 2, width: 3, channels: 16 };
  return { decoder: provider.build(parsed, { featureMap, labelCount, parameters }), parameters };
}

describe('labelGroups', () => {
  it.each([
    [80, 100, { count: 80, size: 1 }],
    [9000, 100, { count: 100, size: 90 }],
    [101, 100, { count: 100, size: 2 }],
    // the official code rounds by adding 0.999 and would lose the last label
    [2001, 2000, { count: 2000, size: 2 }],
  ])('deals %i labels out to at most %i queries', (labels, most, groups) => {
    expect(labelGroups(labels, most)).toEqual(groups);
  });
});

describe('MlDecoder', () => {
  it('has 100 queries of 768 and the matrices of the published head for 9,000 labels', () => {
    const { specs } = build({}, 9000).parameters;
    const shapes = Object.fromEntries(specs.map(({ name, shape }) => [name, shape]));
    expect(shapes).toMatchObject({
      'decoder.query_embed.weight': [100, 768],
      'decoder.duplicate_pooling': [100, 768, 90],
      'decoder.duplicate_pooling_bias': [9000],
      'decoder.layers.0.linear1.weight': [2048, 768],
    });
    expect(specs.filter(({ role }) => role === 'frozen').map(({ name }) => name)).toEqual([
      'decoder.query_embed.weight',
    ]);
  });

  it('answers 9,000 labels of every image by 100 queries', async () => {
    const { decoder, parameters } = build({ hiddenSize: 32, heads: 4, feedForwardSize: 64 }, 9000);
    const engine = await createEngine({ engine: 'onnxruntime', threads: 1 });
    try {
      const images = {
        dtype: 'float32',
        shape: [2, 2, 3, 16],
        data: new Float32Array(192).map((_, i) => Math.sin(i)),
      } as const;
      const executable = await engine.compile(
        ({ constants, inputs }) => {
          const scope = createForwardScope({ parameters: constants, training: false });
          const { logits, attention } = decoder.forward(scope, inputs.images.as4D(2, 2, 3, 16));
          return { outputs: { logits, attention: attention[0] } };
        },
        { constants: formulaParameters(parameters.specs), state: {}, inputs: { images } },
      );
      const { logits, attention } = await executable.run({ images });
      expect(logits.shape).toEqual([2, 9000]);
      expect(new Set(logits.data).size).toBeGreaterThan(17_000);
      expect(attention.shape).toEqual([2, 4, 100, 6]);
      const { queries = [] } = decoder.attention ?? {};
      expect([queries[0], queries[89], queries[90], queries[8999]]).toEqual([0, 0, 1, 99]);
    } finally {
      await engine.dispose();
    }
  });

  it('refuses heads that do not divide the width, with some that do', () => {
    expect(() => build({ heads: 5 }, 3)).toThrow(OptionsError);
    expect(() => build({ heads: 5 }, 3)).toThrow(
      /heads: received 5, which does not divide hiddenSize 768; .* 1, 2, 3, 4/,
    );
  });

  it('says where networks of the official code keep its parameters', () => {
    expect(build({}, 3).decoder.alternativeNames?.('decoder.layers.0.norm1.bias')).toEqual([
      'head.decoder.layers.0.norm1.bias',
      'fc.decoder.layers.0.norm1.bias',
    ]);
  });

  it('draws another dropout for each image in training', () => {
    const { decoder, parameters } = build({ ...small, dropout: 0.5 }, 3);
    const values = Object.entries(formulaParameters(parameters.specs)).map(
      ([name, { data, shape }]) => [name, tf.tensor(data, [...shape])] as const,
    );
    const key = tf.tensor1d([1, 2], 'int32');
    const scope = createForwardScope({ parameters: Object.fromEntries(values), training: true, key });
    const [first, second] = decoder.forward(scope, tf.ones([2, 2, 3, 16])).logits.arraySync();
    expect(first).not.toEqual(second);
  });
});
