import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../tensor-value.js';
import type { BackwardCall, GradientTable, KernelGradient } from './kernel-gradient.js';
import { reducedAxes } from './reduced-axes.js';

/** Shares dy equally among the elements that are the extreme; TensorFlow.js gives the whole of it to each. */
const extreme: KernelGradient = {
  inputs: ['x'],
  outputs: [true],
  gradient: ({ dy, saved: [x, y], attributes }) => ({
    x: () => {
      const axes = reducedAxes(attributes, x.shape.length);
      const kept = x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
      const hits = tf.cast(tf.equal(x, tf.reshape(y, kept)), 'float32');
      const share = tf.div(tf.reshape(dy, kept), tf.sum(hits, [...axes], true));
      return tf.mul(hits, share);
    },
  }),
};

/** Brings each gradient back to the place that its value came from. */
function topK({ dy, saved: [x, indices] }: BackwardCall): Readonly<Record<string, () => tf.Tensor>> {
  const length = x.shape.at(-1) ?? 1;
  return {
    x: () => {
      const count = dy.shape.at(-1) ?? 0;
      const rows = sizeOf(x.shape.slice(0, -1));
      const first = tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(length, 'int32'));
      const places = tf.add(tf.reshape(indices, [rows, count]), tf.reshape(first, [rows, 1]));
      const sums = tf.unsortedSegmentSum(tf.reshape(dy, [rows * count]), flat(places), rows * length);
      return tf.reshape(sums, x.shape);
    },
  };
}

function flat(x: tf.Tensor): tf.Tensor1D {
  return tf.reshape<tf.Rank.R1>(x, [x.size]);
}

export const extremeGradients: GradientTable = {
  Max: extreme,
  Min: extreme,
  TopK: { inputs: ['x'], outputs: [false, true], gradient: topK },
};
