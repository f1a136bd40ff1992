import * as tf from '@tensorflow/tfjs';

export const ACTIVATIONS = ['relu', 'gelu'] as const;
export type Activation = (typeof ACTIVATIONS)[number];

/** Gaussian error linear unit, exact: `x * (1 + erf(x / sqrt(2))) / 2`. */
export function gelu<T extends tf.Tensor>(x: T): T {
  return tf.mul<T>(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
}

/** The function of an activation's name. */
export function activationOf(name: Activation): <T extends tf.Tensor>(x: T) => T {
  return name === 'relu' ? (x) => tf.relu(x) : gelu;
}
