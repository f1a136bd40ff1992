import { knownTargets, logSigmoid, Loss, OptionsError, sigmoidPower, tf } from '@query2label/sdk';
import type { BuiltLoss, LossContext, LossProvider } from '@query2label/sdk';
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
  build(options: DistributionBalancedOptions, { labelCount }: LossContext): BuiltLoss {
    const { alpha, beta, mu, lambda, kappa, gamma, labelSmoothing } = options;
    const counts = checkedCounts(options, labelCount);
    const rarities = counts.map((count) => 1 / count);
    const shifts = counts.map((count) => -kappa * Math.log(options.imageCount / count - 1));
    return {
      forward: (_scope, logits, targets) => {
        const { present, absent } = knownTargets(targets, labelSmoothing);
        const rarity = tf.tensor2d(rarities, [1, labelCount]);
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

function checkedCounts(
  { labelCounts, imageCount }: DistributionBalancedOptions,
  labelCount: number,
): readonly number[] {
  const faults = [];
  if (labelCounts.length !== labelCount) {
    faults.push({
      path: 'labelCounts',
      message: `received ${labelCounts.length} counts for ${labelCount} labels; give one for each label`,
    });
  }
  const greatest = labelCounts.reduce((most, count) => Math.max(most, count), 0);
  if (greatest >= imageCount) {
    faults.push({
      path: 'imageCount',
      message: `received ${imageCount}, but a label has ${greatest} images; expected at least ${greatest + 1}`,
    });
  }
  if (faults.length > 0) throw new OptionsError('loss "distribution-balanced"', faults);
  return labelCounts.map((count) => Math.max(1, count));
}
