import { knownTargets, labelSmoothingOption, Loss, tf, z } from '@query2label/sdk';
import type { BuiltLoss, LossProvider } from '@query2label/sdk';

const options = z.strictObject({
  labelSmoothing: labelSmoothingOption,
  positiveWeight: z.number().positive().max(1000).default(1).describe('Weight of present labels; absent ones weigh 1'),
});
type BinaryCrossEntropyOptions = z.output<typeof options>;

/**
 * Binary cross-entropy of each label's sigmoid, averaged over images and labels: `-w t log p - (1 - t) log(1 - p)`. Finite, with
 * finite gradients, for every finite logit; unknown labels (-1) add nothing.
 */
@Loss({ name: 'binary-cross-entropy', description: 'Binary cross-entropy of each label, averaged', options })
export class BinaryCrossEntropy implements LossProvider<BinaryCrossEntropyOptions> {
  build({ labelSmoothing, positiveWeight }: BinaryCrossEntropyOptions): BuiltLoss {
    return {
      forward: (_scope, logits, targets) => {
        const { present, absent } = knownTargets(targets, labelSmoothing);
        const ofPresent = tf.mul(tf.softplus(tf.neg(logits)), tf.mul(present, positiveWeight));
        return tf.mean(tf.add(ofPresent, tf.mul(tf.softplus(logits), absent))).asScalar();
      },
    };
  }
}
