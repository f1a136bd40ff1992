import * as tf from '@tensorflow/tfjs';

/** Below this sum of squares a norm counts as zero; its root is still a normal float32. */
const TINY = 1e-30;

/** Square root of a value that is not negative, with gradient 0 (not infinity) at 0. */
export function safeSqrt<T extends tf.Tensor>(x: T): T {
  return tf.sqrt(tf.maximum<T>(x, TINY));
}

/** Euclidean norm over the given axes (all when left out), with gradient 0 (not NaN) where all elements are 0. */
export function l2Norm(x: tf.Tensor, axes?: readonly number[], keepDimensions = false): tf.Tensor {
  return safeSqrt(tf.sum(tf.square(x), axes === undefined ? undefined : [...axes], keepDimensions));
}
