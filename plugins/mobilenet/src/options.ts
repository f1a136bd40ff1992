import { z } from '@query2label/sdk';

export const mobilenetOptions = z.strictObject({
  padding: z
    .enum(['symmetric', 'tensorflow'])
    .default('symmetric')
    .describe(
      'Padding of the five convolutions of stride 2. symmetric: one cell on every side, as torchvision has it; ' +
        "tensorflow: TensorFlow's SAME, for weights that were trained with Keras",
    ),
  normalization: z
    .enum(['imagenet', 'half'])
    .default('imagenet')
    .describe(
      'What the weights expect. imagenet: torchvision; half: -1 to 1, for weights that were trained with Keras',
    ),
  batchNormalization: z
    .enum(['frozen', 'batch'])
    .default('frozen')
    .describe(
      'frozen: keeps the statistics of the pretrained weights; batch: learns, for training from random weights',
    ),
  width: z
    .number()
    .min(0.05)
    .max(2)
    .default(1)
    .describe(
      'Factor of the channels of all stages but the last, to the nearest 8 as torchvision has it; published weights have 1',
    ),
});
export type MobilenetOptions = z.output<typeof mobilenetOptions>;
