import * as tf from '@tensorflow/tfjs';
import { floats, integers, truths } from '../check-op.js';
import type { OpCase } from '../check-op.js';

const reductions = { sum: tf.sum, mean: tf.mean, max: tf.max, min: tf.min, prod: tf.prod, logSumExp: tf.logSumExp };
const axes: readonly (number | number[] | undefined)[] = [undefined, 0, -1, [0, 2], [1, 2]];
const x = () => [floats([2, 3, 4])];

/** Each op of this group, with shapes that matter. */
export const reductionCases: readonly OpCase[] = [
  ...Object.entries(reductions).flatMap(([name, reduce]) =>
    axes.flatMap((axis) =>
      [false, true].map((keep) => ({
        name: `${name} over ${axis?.toString() ?? 'all'}${keep ? ', kept' : ''}`,
        op: (a: tf.Tensor) => tf.mul(reduce(tf.transpose(a, [2, 0, 1]), axis, keep), 2),
        inputs: x(),
        // TensorFlow.js's gradient of a product takes no negative axis.
        gradient: name !== 'prod' || axis !== -1,
      })),
    ),
  ),
  { name: 'all and any', op: (c) => [tf.all(c, 1), tf.any(c, 0, true), tf.all(c)], inputs: [truths([3, 4])] },
  { name: 'sum of truths', op: (c) => tf.sum(c, 0), inputs: [truths([3, 4])] },
  { name: 'sum of int32', op: (i) => [tf.sum(i, 0), tf.max(i, 1), tf.mean(i)], inputs: [integers([3, 4], 9)] },
  {
    name: 'argMax and argMin',
    op: (a) => [tf.argMax(a, 1), tf.argMin(a, -1), tf.argMax(tf.transpose(a), 0)],
    inputs: [floats([3, 4])],
    gradient: false,
  },
  { name: 'softmax', op: (a) => tf.softmax(a), inputs: x() },
  { name: 'logSoftmax', op: (a) => tf.logSoftmax(a), inputs: x() },
  { name: 'cumsum', op: (a) => tf.cumsum(a, 1), inputs: x(), gradient: false },
  { name: 'running sum and product, axes from the end', op: (a) => [tf.cumsum(a, -1), tf.cumprod(a, -2)], inputs: x() },
  {
    name: 'cumsum exclusive and reverse',
    op: (a) => tf.cumsum(tf.transpose(a, [1, 0, 2]), 2, true, true),
    inputs: x(),
  },
  {
    name: 'cumprod',
    op: (a) => [tf.cumprod(a, 1), tf.cumprod(a, 2, true), tf.cumprod(a, 2, false, true), tf.cumprod(a, 2, true, true)],
    inputs: x(),
    gradient: false,
  },
  {
    name: 'topk',
    op: (a) => {
      const { values, indices } = tf.topk(a, 3);
      return [values, indices];
    },
    inputs: x(),
    gradient: false,
  },
  {
    name: 'moments',
    op: (a) => {
      const { mean, variance } = tf.moments(a, [0, 1]);
      return [mean, variance];
    },
    inputs: x(),
  },
  {
    name: 'norm',
    op: (a) => [tf.norm(a), tf.norm(a, 1, 2), tf.norm(a, 'euclidean', 1)],
    inputs: [floats([2, 3, 4], 0.2, 1)],
  },
];
