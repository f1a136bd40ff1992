import { z } from '@query2label/sdk';

export const resnetOptions = z.strictObject({
  depth: z.literal([18, 34, 50, 101]).default(50).describe('Layers of the network'),
  normalization: z
    .enum(['frozen', 'batch'])
    .default('frozen')
    .describe(
      'frozen: batch normalisation keeps the statistics of the pretrained weights, as the official code has it. ' +
        'batch: it learns; for training from random weights',
    ),
  frozenStages: z
    .int()
    .min(0)
    .max(5)
    .default(2)
    .describe(
      'Stages from the start that do not learn: 1 is the stem, 2 adds layer1 (as the official code has it), 5 is all. ' +
        'Use 0 when training from random weights',
    ),
  width: z
    .int()
    .min(4)
    .max(256)
    .default(64)
    .describe('Channels of the first stage; published weights have 64, smaller networks train faster'),
  outputStride: z
    .literal([8, 16, 32])
    .default(32)
    .describe('Pixels per cell of the feature map; published weights were trained with 32'),
});
export type ResnetOptions = z.output<typeof resnetOptions>;
