import { knownTargets, labelSmoothingOption, logSigmoid, Loss, sigmoidPower, tf, z } from '@query2label/sdk';
import type { BuiltLoss, LossProvider } from '@query2label/sdk';

const options = z.strictObject({
  gamma: z.number().min(0).max(20).default(2).describe('Exponent of the focusing weight; 0 is cross-entropy'),
  presentWeight: z
    .number()
    .min(0)
    .max(1)
    .default(0.25)
    .describe('Weight of present labels (alpha in the paper); absent ones weigh 1 minus that'),
  labelSmoothing: labelSmoothingOption,
  reduction: z
    .enum(['mean', 'image-mean', 'sum'])
    .default('mean')
    .describe('mean: over images and labels; image-mean: summed over labels, averaged over images; sum: neither'),
});
type FocalOptions = z.output<typeof options>;

/**
 * Focal loss (Lin et al. 2017, equation 5) of each label: `-alpha (1 - p)^gamma log p` if present, `-(1 - alpha) p^gamma log(1 - p)` if
 * absent; unknown labels cost nothing. Finite, with finite gradients, for every finite logit.
 */
@Loss({ name: 'focal', description: 'Focal loss: cross-entropy that fades where the answer is clear', options })
export class FocalLoss implements LossProvider<FocalOptions> {
  build({ gamma, presentWeight, labelSmoothing, reduction }: FocalOptions): BuiltLoss {
    return {
      forward: (_scope, logits, targets) => {
        const { present, absent } = knownTargets(targets, labelSmoothing);
        const opposite = tf.neg(logits);
        const ofPresent = tf.mul<tf.Tensor2D>(sigmoidPower(opposite, gamma), logSigmoid(logits));
        const ofAbsent = tf.mul<tf.Tensor2D>(sigmoidPower(logits, gamma), logSigmoid(opposite));
        const gains = tf.add<tf.Tensor2D>(
          tf.mul(tf.mul(present, ofPresent), presentWeight),
          tf.mul(tf.mul(absent, ofAbsent), 1 - presentWeight),
        );
        const [images, labels] = logits.shape;
        const terms = { mean: images * labels, 'image-mean': images, sum: 1 }[reduction];
        return tf.mul<tf.Scalar>(tf.sum(gains), -1 / terms);
      },
    };
  }
}
