import * as tf from '@tensorflow/tfjs';
import type { BackwardCall, GradientTable } from './kernel-gradient.js';

/** That of the maxima: their positions are whole numbers. */
function maxPoolWithPositions({
  dy,
  saved: [x, y],
  attributes,
}: BackwardCall): Readonly<Record<string, () => tf.Tensor>> {
  const pad = attributes.raw('pad');
  return {
    x: () =>
      tf.engine().runKernel<tf.Tensor>(
        'MaxPoolGrad',
        { dy, input: x, output: y },
        {
          filterSize: [...attributes.pair('filterSize')],
          strides: [...attributes.pair('strides')],
          pad: pad === 'same' || pad === 'valid' ? pad : attributes.number('pad'),
        },
      ),
  };
}

export const poolingGradients: GradientTable = {
  MaxPoolWithArgmax: { inputs: ['x'], outputs: [true, false], gradient: maxPoolWithPositions },
};
