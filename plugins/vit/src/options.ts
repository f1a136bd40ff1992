import { z } from '@query2label/sdk';

export const vitOptions = z.strictObject({
  positionGrid: z
    .int()
    .min(1)
    .max(128)
    .default(14)
    .describe(
      'Rows and columns of the table of position embeddings: pixels of the pretraining divided by 16, 14 for 224. ' +
        'For another image size the table is resampled bicubically',
    ),
  layers: z
    .int()
    .min(1)
    .max(48)
    .optional()
    .describe('Layers, if fewer or more than the published network has; the features come from the last one'),
  width: z
    .int()
    .min(4)
    .max(4096)
    .optional()
    .describe('Channels, if other than the published network has; a multiple of the heads'),
  heads: z.int().min(1).max(64).optional().describe('Attention heads, if other than the published network has'),
});
export type VitOptions = z.output<typeof vitOptions>;
