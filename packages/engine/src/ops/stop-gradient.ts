import * as tf from '@tensorflow/tfjs';

/** The same values, with a gradient of zero: nothing before it learns from what comes after it. */
export function stopGradient<T extends tf.Tensor>(x: T): T {
  const cut = tf.customGrad<T>(() => ({ value: x.clone(), gradFunc: (dy: T) => [tf.zerosLike(dy)] }));
  return cut(x);
}
