import { ACTIVATIONS, z } from '@query2label/sdk';

export const query2labelOptions = z.strictObject({
  hiddenSize: z
    .int()
    .min(4)
    .max(8192)
    .default(256)
    .describe('Width of the transformer; a multiple of 4 and of `heads`. The paper uses the channels of the backbone'),
  feedForwardSize: z
    .int()
    .min(1)
    .max(65536)
    .default(1024)
    .describe('Width of the hidden layer of each feed-forward block; the paper uses 8192'),
  heads: z.int().min(1).max(64).default(4).describe('Attention heads'),
  encoderLayers: z
    .int()
    .min(0)
    .max(24)
    .default(1)
    .describe('Encoder layers, which refine the feature map before labels look at it; may be 0'),
  decoderLayers: z.int().min(1).max(24).default(2).describe('Decoder layers, in which labels look at the feature map'),
  dropout: z.number().min(0).lt(1).default(0.1).describe('Dropout rate in training'),
  preNorm: z
    .boolean()
    .default(false)
    .describe('Normalise before each block rather than after it; the official code does so after'),
  activation: z.enum(ACTIVATIONS).default('relu').describe('Activation of the feed-forward blocks'),
  keepFirstSelfAttention: z
    .boolean()
    .default(false)
    .describe('Let label queries attend to each other in the first decoder layer; the official code removes it'),
  keepOtherSelfAttention: z
    .boolean()
    .default(false)
    .describe(
      'Let label queries attend to each other in the decoder layers after the first; the official code removes it',
    ),
  inputProjection: z
    .union([z.literal('auto'), z.boolean()])
    .default('auto')
    .describe(
      'Project the feature map to `hiddenSize` by a linear layer. auto: only if its channels differ; ' +
        'false: refuse a backbone whose channels differ',
    ),
});
export type Query2LabelOptions = z.output<typeof query2labelOptions>;
