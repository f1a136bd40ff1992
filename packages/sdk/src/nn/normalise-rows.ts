import * as tf from '@tensorflow/tfjs';

/**
 * Layer normalisation over the last dimension, with a gradient of its own, which passes over fewer values than those of the single steps.
 *
 * It normalises anew, so that gradients of the gradient see `x`; where a program is compiled, both are computed once.
 * @param weight `[width]`
 * @param bias `[width]`
 */
export function normaliseRows<T extends tf.Tensor>(x: T, weight: tf.Tensor, bias: tf.Tensor, epsilon: number): T {
  const layer = tf.customGrad<T>((...given) => {
    const save = given[given.length - 1];
    if (typeof save !== 'function') throw new TypeError('TensorFlow.js gave no function to save tensors with.');
    save([x, weight]);
    return {
      value: tf.add<T>(tf.mul(normalised(x, epsilon).values, weight), bias),
      gradFunc: (dy, [rows, factors]) => gradients(dy, rows, factors, epsilon),
    };
  });
  return layer(x, weight, bias);
}

function normalised(x: tf.Tensor, epsilon: number): { values: tf.Tensor; inverseDeviation: tf.Tensor } {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const inverseDeviation = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
  return { values: tf.mul(centred, inverseDeviation), inverseDeviation };
}

/**
 * With `x^` normalised and `g = dy * weight`: `dx = (g - mean(g) - x^ * mean(g * x^)) / deviation`, means over the last dimension.
 * @returns those of `x`, weight and bias
 */
function gradients(dy: tf.Tensor, x: tf.Tensor, weight: tf.Tensor, epsilon: number): tf.Tensor[] {
  const { values, inverseDeviation } = normalised(x, epsilon);
  const width = weight.size;
  const rows = (tensor: tf.Tensor) => tf.reshape<tf.Rank.R2>(tensor, [-1, width]);
  const products = tf.mul(dy, values);
  // mean(x * weight) over the last dimension, [..., 1]
  const column = tf.reshape<tf.Rank.R2>(tf.mul(weight, 1 / width), [width, 1]);
  const weightedMean = (tensor: tf.Tensor) => tf.reshape(tf.matMul(rows(tensor), column), inverseDeviation.shape);
  const part = tf.sub(tf.mul(dy, weight), tf.mul(values, weightedMean(products)));
  return [tf.mul(tf.sub(part, weightedMean(dy)), inverseDeviation), tf.sum(rows(products), 0), tf.sum(rows(dy), 0)];
}
