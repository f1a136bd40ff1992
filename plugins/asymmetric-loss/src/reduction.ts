import { tf, z } from '@query2label/sdk';

/** How the losses of all labels of all images become one number. */
export const REDUCTIONS = ['thousandfold-mean', 'mean', 'image-mean', 'sum'] as const;
export type Reduction = (typeof REDUCTIONS)[number];

export const reductionOption = (byDefault: Reduction) =>
  z
    .enum(REDUCTIONS)
    .default(byDefault)
    .describe(
      'How losses are added up. mean: over images and labels; thousandfold-mean: 1000 times that, as the official code has it; ' +
        'image-mean: summed over labels, averaged over images; sum: neither',
    );

/** @param losses `[batch, labels]`, zero where the target is unknown; unknown labels count in the averages, as absent terms */
export function reduce(losses: tf.Tensor2D, reduction: Reduction): tf.Scalar {
  const [images, labels] = losses.shape;
  const factors: Readonly<Record<Reduction, number>> = {
    'thousandfold-mean': 1000 / (images * labels),
    mean: 1 / (images * labels),
    'image-mean': 1 / images,
    sum: 1,
  };
  return tf.mul<tf.Scalar>(tf.sum(losses), factors[reduction]);
}
