import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../tensor-value.js';
import type { BackwardCall, GradientTable } from './kernel-gradient.js';
import { reducedAxes } from './reduced-axes.js';

/**
 * Hands dy to each element that was summed. TensorFlow.js does the same with a table of ones as large as the input: for the
 * activations of a large network gigabytes that are written and read just to record a program.
 */
function spread({ dy, saved: [x], attributes }: BackwardCall): { readonly spread: tf.Tensor; readonly count: number } {
  const axes = reducedAxes(attributes, x.shape.length);
  const kept = x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  return {
    spread: tf.mul(tf.reshape(dy, kept), tf.fill(x.shape, 1)),
    count: sizeOf(axes.map((axis) => x.shape[axis])),
  };
}

export const reductionGradients: GradientTable = {
  Sum: { inputs: ['x'], gradient: (call) => ({ x: () => spread(call).spread }) },
  Mean: {
    inputs: ['x'],
    gradient: (call) => ({
      x: () => {
        const { spread: shared, count } = spread(call);
        return tf.div(shared, count);
      },
    }),
  },
};
