import { knownTargets, labelSmoothingOption, logSigmoid, Loss, sigmoidPower, tf, z } from '@query2label/sdk';
import type { BuiltLoss, LossProvider } from '@query2label/sdk';
import { reduce, reductionOption } from './reduction.js';

const options = z.strictObject({
  gammaNegative: z.number().min(0).max(20).default(1).describe('Exponent of the focusing weight of absent labels'),
  gammaPositive: z.number().min(0).max(20).default(0).describe('Exponent of the focusing weight of present labels'),
  labelSmoothing: labelSmoothingOption,
  reduction: reductionOption('mean'),
});
type SimplifiedAsymmetricOptions = z.output<typeof options>;

/**
 * The simplified asymmetric loss of the Query2Label paper (equation 6): the mean over labels of `-(1 - p)^gammaPositive log p` for a
 * present label and `-p^gammaNegative log(1 - p)` for an absent one, differentiated in full.
 */
@Loss({
  name: 'simplified-asymmetric',
  description: 'Simplified asymmetric loss, the equation of the Query2Label paper',
  options,
})
export class SimplifiedAsymmetricLoss implements LossProvider<SimplifiedAsymmetricOptions> {
  build({ gammaNegative, gammaPositive, labelSmoothing, reduction }: SimplifiedAsymmetricOptions): BuiltLoss {
    return {
      forward: (_scope, logits, targets) => {
        const { present, absent } = knownTargets(targets, labelSmoothing);
        const opposite = tf.neg(logits);
        const ofPresent = tf.mul(sigmoidPower(opposite, gammaPositive), logSigmoid(logits));
        const ofAbsent = tf.mul(sigmoidPower(logits, gammaNegative), logSigmoid(opposite));
        const gains = tf.add<tf.Tensor2D>(tf.mul(present, ofPresent), tf.mul(absent, ofAbsent));
        return reduce(tf.neg(gains), reduction);
      },
    };
  }
}
