import {
  knownTargets,
  labelSmoothingOption,
  logSigmoid,
  Loss,
  sigmoidPower,
  stopGradient,
  tf,
  z,
} from '@query2label/sdk';
import type { BuiltLoss, LossProvider } from '@query2label/sdk';
import { safePower } from './focus.js';
import { reduce, reductionOption } from './reduction.js';

const options = z.strictObject({
  gammaNegative: z.number().min(0).max(20).default(2).describe('Exponent of the focusing weight of absent labels'),
  gammaPositive: z.number().min(0).max(20).default(0).describe('Exponent of the focusing weight of present labels'),
  clip: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe('Probability below which an absent label costs nothing (0.05 in the paper on asymmetric loss); 0 is off'),
  epsilon: z
    .number()
    .min(1e-30)
    .max(0.1)
    .default(1e-5)
    .describe('Least probability whose logarithm is taken; below it the loss is flat'),
  detachFocus: z
    .boolean()
    .default(true)
    .describe('Treat the focusing weight as a constant in the gradient, as the published commands do'),
  labelSmoothing: labelSmoothingOption,
  reduction: reductionOption('thousandfold-mean'),
});
type AsymmetricOptions = z.output<typeof options>;

/**
 * Asymmetric loss (Ridnik et al. 2021) as the official Query2Label code computes it: for a present label
 * `-(1 - p)^gammaPositive log p`, for an absent one `-q^gammaNegative log(1 - q)` with `q = max(p - clip, 0)`, logarithms of at
 * least epsilon. Finite, with finite gradients, for every finite logit.
 */
@Loss({
  name: 'asymmetric',
  description: 'Asymmetric loss with probability shift, as the official Query2Label code computes it',
  options,
})
export class AsymmetricLoss implements LossProvider<AsymmetricOptions> {
  build({
    gammaNegative,
    gammaPositive,
    clip,
    epsilon,
    detachFocus,
    labelSmoothing,
    reduction,
  }: AsymmetricOptions): BuiltLoss {
    const least = Math.log(epsilon);
    const focused = (weight: tf.Tensor2D, logarithm: tf.Tensor2D): tf.Tensor2D =>
      tf.mul(detachFocus ? stopGradient(weight) : weight, tf.maximum(logarithm, least));

    const ofPresent = (logits: tf.Tensor2D): tf.Tensor2D =>
      focused(sigmoidPower(tf.neg(logits), gammaPositive), logSigmoid(logits));

    const ofAbsent = (logits: tf.Tensor2D): tf.Tensor2D => {
      if (clip === 0) return focused(sigmoidPower(logits, gammaNegative), logSigmoid(tf.neg(logits)));
      const shifted = tf.relu(tf.sub<tf.Tensor2D>(tf.sigmoid(logits), clip));
      const remainder = tf.minimum<tf.Tensor2D>(tf.add(tf.sigmoid(tf.neg(logits)), clip), 1);
      return focused(safePower(shifted, gammaNegative), tf.log(remainder));
    };

    return {
      forward: (_scope, logits, targets) => {
        const { present, absent } = knownTargets(targets, labelSmoothing);
        const gains = tf.add<tf.Tensor2D>(tf.mul(present, ofPresent(logits)), tf.mul(absent, ofAbsent(logits)));
        return reduce(tf.neg(gains), reduction);
      },
    };
  }
}
