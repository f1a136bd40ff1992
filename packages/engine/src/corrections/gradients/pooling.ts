import * as tf from '@tensorflow/tfjs';
import { paddingOf } from '../padding.js';
import type { BackwardCall, GradientTable } from './kernel-gradient.js';

/** That of the maxima: their positions are whole numbers. */
function maxPoolWithPositions({
  dy,
  saved: [x, y],
  attributes,
}: BackwardCall): Readonly<Record<string, () => tf.Tensor>> {
  return {
    x: () =>
      tf.engine().runKernel<tf.Tensor>(
        'MaxPoolGrad',
        { dy, input: x, output: y },
        {
          filterSize: [...attributes.pair('filterSize')],
          strides: [...attributes.pair('strides')],
          pad: paddingOf(attributes),
        },
      ),
  };
}

export const poolingGradients: GradientTable = {
  MaxPoolWithArgmax: { inputs: ['x'], outputs: [true, false], gradient: maxPoolWithPositions },
};
