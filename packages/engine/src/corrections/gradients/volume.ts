import * as tf from '@tensorflow/tfjs';
import { volumePaddingOf } from '../padding.js';
import type { BackwardCall, GradientTable } from './kernel-gradient.js';

/** Of a transposed convolution of volumes: TensorFlow.js has it for images only. */
function transposedConvolution({
  dy,
  saved: [x, filter],
  attributes,
}: BackwardCall): Readonly<Record<string, () => tf.Tensor>> {
  const call = { strides: [...attributes.triple('strides', 1)], pad: volumePaddingOf(attributes) };
  return {
    dy: () =>
      tf
        .engine()
        .runKernel<tf.Tensor>('Conv3D', { x: dy, filter }, { ...call, dataFormat: 'NDHWC', dilations: [1, 1, 1] }),
    filter: () =>
      tf
        .engine()
        .runKernel<tf.Tensor>('Conv3DBackpropFilterV2', { x: dy, dy: x }, { ...call, filterShape: filter.shape }),
  };
}

export const volumeGradients: GradientTable = {
  Conv3DBackpropInputV2: { inputs: ['dy', 'filter'], gradient: transposedConvolution },
};
