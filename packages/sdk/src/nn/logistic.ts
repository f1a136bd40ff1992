import * as tf from '@tensorflow/tfjs';

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

/** Which labels are present and which absent, as float32 0 or 1; an unknown label (-1) is neither. */
export function knownTargets(targets: tf.Tensor2D): { readonly present: tf.Tensor2D; readonly absent: tf.Tensor2D } {
  return {
    present: tf.cast(tf.equal<tf.Tensor2D>(targets, 1), 'float32'),
    absent: tf.cast(tf.equal<tf.Tensor2D>(targets, 0), 'float32'),
  };
}
