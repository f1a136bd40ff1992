import * as tf from '@tensorflow/tfjs';
import { noGradient, sumTo } from './kernel-gradient.js';
import type { GradientTable, KernelGradient } from './kernel-gradient.js';

/** TensorFlow.js does not sum these over broadcast axes. */
const larger = (firstWins: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): KernelGradient => ({
  inputs: ['a', 'b'],
  gradient: ({ dy, saved: [a, b] }) => {
    const toFirst = () => tf.cast(firstWins(a, b), 'float32');
    return {
      a: () => sumTo(tf.mul(dy, toFirst()), a.shape),
      b: () => sumTo(tf.mul(dy, tf.sub(1, toFirst())), b.shape),
    };
  },
});

const squaredDifference: KernelGradient = {
  inputs: ['a', 'b'],
  gradient: ({ dy, saved: [a, b] }) => {
    const slope = () => tf.mul(dy, tf.mul(2, tf.sub(a, b)));
    return { a: () => sumTo(slope(), a.shape), b: () => sumTo(tf.neg(slope()), b.shape) };
  },
};

/** `b * a^(b - 1)`, which is 0 where b is 0, also at a = 0 where TensorFlow.js computes 0 * infinity. */
const power: KernelGradient = {
  inputs: ['a', 'b'],
  outputs: [true],
  gradient: ({ dy, saved: [a, b, y] }) => ({
    a: () => {
      const exponent = tf.cast(b, 'float32');
      const lower = tf.where(tf.equal(exponent, 0), exponent, tf.sub(exponent, 1));
      return sumTo(tf.mul(dy, tf.mul(exponent, tf.pow(a, lower))), a.shape);
    },
    b: () => {
      const positive = tf.greater(a, 0);
      const logarithm = tf.log(tf.where(positive, a, tf.onesLike(a)));
      const slope = tf.mul(y, logarithm);
      return sumTo(tf.mul(dy, tf.where(positive, slope, tf.zerosLike(slope))), b.shape);
    },
  }),
};

/** `1 / (2 y)`, and 0 at 0, so that lengths and norms have a gradient of 0 where they are 0. */
const squareRoot: KernelGradient = {
  outputs: [true],
  gradient: ({ dy, saved: [y] }) => ({
    x: () => {
      const zero = tf.equal(y, 0);
      const root = tf.where(zero, tf.onesLike(y), y);
      return tf.where(zero, tf.zerosLike(y), tf.div(dy, tf.mul(2, root)));
    },
  }),
};

/** `dy * (y + 1)` where y is below 0, else dy; TensorFlow.js has none for it. */
const eluGradient: KernelGradient = {
  inputs: ['dy', 'y'],
  gradient: ({ dy: given, saved: [dy, y] }) => {
    const negative = () => tf.cast(tf.less(y, 0), 'float32');
    return {
      dy: () => tf.mul(given, tf.add(1, tf.mul(negative(), y))),
      y: () => tf.mul(given, tf.mul(dy, negative())),
    };
  },
};

/** Nothing flows through a whole number or a truth value; TensorFlow.js lets it pass unchanged. */
const cast: KernelGradient = {
  gradient: ({ dy, attributes }) => ({
    x: attributes.text('dtype') === 'float32' ? () => tf.cast(dy, 'float32') : noGradient(dy),
  }),
};

const stepwise = (...inputs: readonly string[]): KernelGradient => ({
  inputs,
  gradient: ({ saved }) => Object.fromEntries(inputs.map((name, index) => [name, noGradient(saved[index])])),
});

/** Kernels whose result is constant almost everywhere: their gradient is 0. */
const stepwiseGradients: GradientTable = Object.fromEntries([
  ...[
    'BitwiseAnd',
    'Equal',
    'FloorDiv',
    'Greater',
    'GreaterEqual',
    'Less',
    'LessEqual',
    'LogicalAnd',
    'LogicalOr',
    'NotEqual',
  ].map((kernel): [string, KernelGradient] => [kernel, stepwise('a', 'b')]),
  ['LogicalNot', stepwise('x')],
  ['All', stepwise('x')],
  ['Any', stepwise('x')],
  ['SearchSorted', stepwise('sortedSequence', 'values')],
]);

export const elementwiseGradients: GradientTable = {
  ...stepwiseGradients,
  Cast: cast,
  EluGrad: eluGradient,
  Maximum: larger(tf.greaterEqual),
  Minimum: larger(tf.lessEqual),
  Pow: power,
  Sqrt: squareRoot,
  SquaredDifference: squaredDifference,
};
