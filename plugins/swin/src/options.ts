import { z } from '@query2label/sdk';

export const swinOptions = z.strictObject({
  variant: z.enum(['b', 'l']).default('b').describe('Swin-B: 128 channels in the first stage; Swin-L: 192'),
  window: z
    .int()
    .min(2)
    .max(32)
    .default(7)
    .describe(
      'Rows and columns of a window: 7 in the networks published for 224 pixels, 12 in those for 384. ' +
        'Relative biases of another window in a weights file are interpolated',
    ),
  dropPath: z
    .number()
    .min(0)
    .lt(1)
    .default(0.1)
    .describe(
      'Largest rate at which blocks are skipped in training, that of the last block; the first is never skipped',
    ),
  width: z
    .int()
    .min(4)
    .max(1024)
    .optional()
    .describe('Channels of the first stage, if other than the published network has'),
  heads: z
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe('Attention heads of the first stage, which double with the channels; default one for every 32 channels'),
  depths: z
    .array(z.int().min(1).max(48))
    .length(4)
    .optional()
    .describe('Blocks of each stage, if other than the published 2, 2, 18, 2'),
});
export type SwinOptions = z.output<typeof swinOptions>;
