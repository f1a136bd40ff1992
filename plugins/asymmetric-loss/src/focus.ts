import { tf } from '@query2label/sdk';

/** `log(sigmoid(z))`, exact for every logit and with a finite gradient. */
export function logSigmoid(logits: tf.Tensor2D): tf.Tensor2D {
  return tf.neg(tf.softplus(tf.neg(logits)));
}

/**
 * `sigmoid(z) ^ gamma`, the weight that focuses a loss on what is hard. Computed as `exp(gamma * log sigmoid(z))`: `pow(x, 0)` has
 * no gradient where the sigmoid has underflowed to 0.
 */
export function sigmoidPower(logits: tf.Tensor2D, gamma: number): tf.Tensor2D {
  return tf.exp(tf.mul<tf.Tensor2D>(logSigmoid(logits), gamma));
}

const TINY = 1e-30;

/** `x ^ gamma` for `x >= 0`, with gradient 0 (not NaN or infinite) at 0. */
export function safePower(x: tf.Tensor2D, gamma: number): tf.Tensor2D {
  return gamma === 0 ? tf.onesLike(x) : tf.pow(tf.maximum<tf.Tensor2D>(x, TINY), gamma);
}
