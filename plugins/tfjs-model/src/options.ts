import { HALF_NORMALIZATION, IMAGENET_NORMALIZATION, UNIT_NORMALIZATION, z } from '@query2label/sdk';
import type { Normalization } from '@query2label/sdk';

/** What a model expects of its input, by name. */
export const NORMALIZATIONS: Readonly<Record<'half' | 'unit' | 'imagenet' | 'raw', Normalization>> = {
  half: HALF_NORMALIZATION,
  unit: UNIT_NORMALIZATION,
  imagenet: IMAGENET_NORMALIZATION,
  raw: { mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255] },
};

export const tfjsModelOptions = z.strictObject({
  model: z
    .string()
    .min(1)
    .describe('Name of the folder in the weights folder that holds model.json and its weight shards'),
  layer: z
    .string()
    .min(1)
    .optional()
    .describe('Layer whose output is the feature map; left out, the last one with an output [height, width, channels]'),
  trainable: z
    .boolean()
    .default(false)
    .describe('Whether the weights learn. Statistics of batch normalisation keep their values in either case'),
  normalization: z
    .enum(['half', 'unit', 'imagenet', 'raw'])
    .default('half')
    .describe(
      'What the model was trained with: half is -1 to 1 (MobileNet), unit is 0 to 1, imagenet subtracts the mean and divides by ' +
        'the standard deviation of ImageNet, raw is 0 to 255',
    ),
});
export type TfjsModelOptions = z.output<typeof tfjsModelOptions>;
