import * as tf from '@tensorflow/tfjs';

/**
 * Layer normalisation over the last dimension, with a gradient of its own: it keeps one value of the size of `x` where the gradients of
 * the single steps keep three, and passes over fewer.
 * @param weight `[width]`
 * @param bias `[width]`
 */
export function normaliseRows<T extends tf.Tensor>(x: T, weight: tf.Tensor, bias: tf.Tensor, epsilon: number): T {
  const normalise = tf.customGrad<T>((...given) => {
    const centred = tf.sub(x, tf.mean(x, -1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
    const normalised = tf.mul(centred, inverse);
    const save = given[given.length - 1];
    if (typeof save !== 'function') throw new TypeError('TensorFlow.js gave no function to save tensors with.');
    save([normalised, inverse]);
    return {
      value: tf.add<T>(tf.mul(normalised, weight), bias),
      gradFunc: (dy, [saved, scale]) => gradients(dy, saved, scale, weight),
    };
  });
  return normalise(x, weight, bias);
}

/**
 * With `x^` normalised and `g = dy * weight`: `dx = (g - mean(g) - x^ * mean(g * x^)) / deviation`, means over the last dimension.
 * @returns those of `x`, weight and bias
 */
function gradients(dy: tf.Tensor, normalised: tf.Tensor, inverse: tf.Tensor, weight: tf.Tensor): tf.Tensor[] {
  const width = weight.size;
  const rows = (x: tf.Tensor) => tf.reshape<tf.Rank.R2>(x, [-1, width]);
  const products = tf.mul(dy, normalised);
  // mean(x * weight) over the last dimension, [..., 1]
  const column = tf.reshape<tf.Rank.R2>(tf.mul(weight, 1 / width), [width, 1]);
  const weightedMean = (x: tf.Tensor) => tf.reshape(tf.matMul(rows(x), column), inverse.shape);
  const part = tf.sub(tf.mul(dy, weight), tf.mul(normalised, weightedMean(products)));
  return [tf.mul(tf.sub(part, weightedMean(dy)), inverse), tf.sum(rows(products), 0), tf.sum(rows(dy), 0)];
}
