import { z } from '@query2label/sdk';

export const mlDecoderOptions = z.strictObject({
  groups: z
    .int()
    .min(1)
    .max(65536)
    .default(100)
    .describe(
      'Most queries: labels share them evenly, in order. With no more labels than this, each label has its own',
    ),
  hiddenSize: z
    .int()
    .min(1)
    .max(8192)
    .default(768)
    .describe('Width of queries and of the embedded feature map; a multiple of `heads`'),
  feedForwardSize: z
    .int()
    .min(1)
    .max(65536)
    .default(2048)
    .describe('Width of the hidden layer of the feed-forward block'),
  heads: z.int().min(1).max(64).default(8).describe('Attention heads'),
  dropout: z.number().min(0).lt(1).default(0.1).describe('Dropout rate in training'),
});
export type MlDecoderOptions = z.output<typeof mlDecoderOptions>;
