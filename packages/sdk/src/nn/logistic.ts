import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';

/** `log(sigmoid(z))`, exact for every logit and with a finite gradient. */
export function logSigmoid<T extends tf.Tensor>(logits: T): T {
  return tf.neg<T>(tf.softplus<T>(tf.neg<T>(logits)));
}

/**
 * `sigmoid(z) ^ exponent`, the weight that focuses a loss on what is hard; finite, with a finite gradient, also where the
 * sigmoid underflows.
 */
export function sigmoidPower<T extends tf.Tensor>(logits: T, exponent: number): T {
  return tf.exp<T>(tf.mul<T>(logSigmoid(logits), exponent));
}

/** The option of every loss that can smooth its targets; hand its value to `knownTargets`. */
export const labelSmoothingOption = z
  .number()
  .min(0)
  .lt(1)
  .default(0)
  .describe('Moves targets towards one half: present becomes 1 - s/2, absent s/2; unknown labels stay out');

/**
 * How far labels are present and absent, as float32: 1 and 0 or 0 and 1, smoothed 1 - s/2 and s/2. An unknown label (-1) is neither.
 * @param smoothing s, from 0 (none) to below 1
 */
export function knownTargets(
  targets: tf.Tensor2D,
  smoothing = 0,
): { readonly present: tf.Tensor2D; readonly absent: tf.Tensor2D } {
  const present = tf.cast<tf.Tensor2D>(tf.equal(targets, 1), 'float32');
  const absent = tf.cast<tf.Tensor2D>(tf.equal(targets, 0), 'float32');
  if (smoothing === 0) return { present, absent };
  const mixed = (own: tf.Tensor2D, other: tf.Tensor2D): tf.Tensor2D =>
    tf.add<tf.Tensor2D>(tf.mul(own, 1 - smoothing / 2), tf.mul(other, smoothing / 2));
  return { present: mixed(present, absent), absent: mixed(absent, present) };
}
