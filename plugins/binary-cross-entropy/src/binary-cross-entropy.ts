import { Loss, tf, z } from '@query2label/sdk';
import type { BuiltLoss, LossProvider } from '@query2label/sdk';

const options = z.strictObject({
  labelSmoothing: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe('Moves targets towards one half: present becomes 1 - s/2, absent s/2'),
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
        const known = tf.cast(tf.greaterEqual(targets, 0), 'float32');
        const smoothed = tf.add(tf.mul(targets, 1 - labelSmoothing), labelSmoothing / 2);
        const ofPresent = tf.mul(tf.softplus(tf.neg(logits)), tf.mul(smoothed, positiveWeight));
        const ofAbsent = tf.mul(tf.softplus(logits), tf.sub(1, smoothed));
        return tf.mean(tf.mul(known, tf.add(ofPresent, ofAbsent))).asScalar();
      },
    };
  }
}
