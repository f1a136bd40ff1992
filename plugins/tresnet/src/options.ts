import { z } from '@query2label/sdk';

export const tresnetOptions = z.strictObject({
  variant: z
    .enum(['l', 'xl', 'l-v2'])
    .default('l')
    .describe('Published network: TResNet-L, XL, or L v2, which was trained on ImageNet-21k and has bottlenecks only'),
  frozenStages: z
    .int()
    .min(0)
    .max(5)
    .default(2)
    .describe(
      'Stages from the start whose parameters do not learn: 1 is the stem, 2 adds layer1 (as the official code has it), ' +
        '5 is all. Their running statistics still move in training. Use 0 when training from random weights',
    ),
  blocks: z
    .union([z.literal('published'), z.array(z.int().min(1).max(64)).length(4)])
    .default('published')
    .describe('Blocks of layer1 to layer4, by default those of the variant; smaller networks train faster'),
  width: z
    .union([z.literal('published'), z.int().min(4).max(256)])
    .default('published')
    .describe('Channels of the first stage, by default those of the variant; smaller networks train faster'),
});
export type TresnetOptions = z.output<typeof tresnetOptions>;
