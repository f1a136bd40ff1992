import { tf } from '@query2label/sdk';

const TINY = 1e-30;

/** `x ^ gamma` for `x >= 0`, with gradient 0 (not NaN or infinite) at 0. */
export function safePower(x: tf.Tensor2D, gamma: number): tf.Tensor2D {
  return gamma === 0 ? tf.onesLike(x) : tf.pow(tf.maximum<tf.Tensor2D>(x, TINY), gamma);
}
