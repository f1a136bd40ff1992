import { knownTargets, logSigmoid, Loss, sigmoidPower, tf } from '@query2label/sdk';
import type { BuiltLoss, LabelStatistics, LossContext, LossProvider } from '@query2label/sdk';
import { distributionBalancedOptions } from './options.js';
import type { DistributionBalancedOptions } from './options.js';

/** Below this an image counts as having no present label; its labels then weigh the most. */
const TINY = 1e-12;

/**
 * Distribution-balanced loss (Wu et al. 2020), for long-tailed label counts. Labels are re-weighted by how often the image would
 * be drawn for them (equations 3 to 5): `r = (1/n_k) / sum over present labels of 1/n`, smoothed to
 * `alpha + sigmoid(beta (r - mu))`. Negative-tolerant regularisation (equations 6 to 8) shifts logits by `kappa log(p / (1 - p))` of the
 * label's prior and scales those of absent labels by lambda. The mean over images and labels.
 */
@Loss({
  name: 'distribution-balanced',
  description: 'Distribution-balanced focal loss, for labels of very different frequency',
  options: distributionBalancedOptions,
})
export class DistributionBalancedLoss implements LossProvider<DistributionBalancedOptions> {
  build(options: DistributionBalancedOptions, { labelCount, training }: LossContext): BuiltLoss {
    const { alpha, beta, mu, lambda, kappa, gamma, labelSmoothing } = options;
    return {
      forward: (_scope, logits, targets) => {
        const { counts, imageCount } = checkedStatistics(training, labelCount);
        const rarity = tf.tensor2d(
          counts.map((count) => 1 / count),
          [1, labelCount],
        );
        const shifts = counts.map((count) => -kappa * Math.log(imageCount / count - 1));
        const { present, absent } = knownTargets(targets, labelSmoothing);
        const drawn = tf.maximum(tf.sum(tf.mul(knownTargets(targets).present, rarity), 1, true), TINY);
        const weight = tf.add(tf.sigmoid(tf.mul(tf.sub(tf.div(rarity, drawn), mu), beta)), alpha);
        const shifted = tf.add<tf.Tensor2D>(logits, tf.tensor2d(shifts, [1, labelCount]));
        const cost = (z: tf.Tensor2D): tf.Tensor2D =>
          tf.mul<tf.Tensor2D>(sigmoidPower(tf.neg(z), gamma), tf.neg(logSigmoid(z)));
        const ofPresent = cost(shifted);
        const ofAbsent = tf.div<tf.Tensor2D>(cost(tf.mul<tf.Tensor2D>(shifted, -lambda)), lambda);
        const costs = tf.add(tf.mul(present, ofPresent), tf.mul(absent, ofAbsent));
        return tf.mul<tf.Scalar>(tf.sum(tf.mul(weight, costs)), 1 / logits.size);
      },
    };
  }
}

/**
 * Counts that have a logarithm: a label that never occurs is taken to occur once, one that is on every image to be missing from one.
 * @throws Error if the statistics are missing, of another number of labels, or of fewer than two images
 */
function checkedStatistics(
  training: LabelStatistics | undefined,
  labelCount: number,
): { readonly counts: readonly number[]; readonly imageCount: number } {
  if (training === undefined) {
    throw new Error(
      'Loss "distribution-balanced" needs the label counts of a training split; it was built without one.',
    );
  }
  const { imageCount, positives } = training;
  if (positives.length !== labelCount || imageCount < 2) {
    throw new Error(
      `Loss "distribution-balanced" received ${positives.length} counts for ${labelCount} labels and ${imageCount} images; ` +
        'expected a count for each label, and two images at least.',
    );
  }
  return { counts: positives.map((count) => Math.min(Math.max(1, count), imageCount - 1)), imageCount };
}
