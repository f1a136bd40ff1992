import { z } from '@query2label/sdk';

const perStage = (maximum: number, description: string) =>
  z.array(z.int().min(1).max(maximum)).length(3).optional().describe(description);

export const cvtOptions = z.strictObject({
  dropPath: z
    .number()
    .min(0)
    .lt(1)
    .default(0.3)
    .describe('Largest rate at which blocks of the last stage are skipped in training, that of its last block'),
  widths: perStage(4096, 'Channels of each stage, if other than the published 192, 768, 1024'),
  depths: perStage(48, 'Blocks of each stage, if other than the published 2, 2, 20'),
  heads: perStage(64, 'Attention heads of each stage, if other than the published 3, 12, 16'),
});
export type CvtOptions = z.output<typeof cvtOptions>;
