import * as tf from '@tensorflow/tfjs';
import { KernelAttributes } from '../../kernel-attributes.js';
import { paddingOf } from '../padding.js';
import {
  dilatedDepthwiseFilterGradient,
  dilatedDepthwiseInputGradient,
  dilatedFilterGradient,
  dilatedInputGradient,
} from './dilated-convolution.js';
import type { DilatedWindow } from './dilated-convolution.js';

/** The gradients of a dilated convolution: TensorFlow.js has those of undilated ones only. */
interface Dilated {
  readonly input: typeof dilatedInputGradient;
  readonly filter: typeof dilatedFilterGradient;
}

const DILATED: Readonly<Record<string, Dilated>> = {
  Conv2D: { input: dilatedInputGradient, filter: dilatedFilterGradient },
  DepthwiseConv2dNative: { input: dilatedDepthwiseInputGradient, filter: dilatedDepthwiseFilterGradient },
};

/** Leaves undilated convolutions to the gradient of TensorFlow.js and takes over the others. */
export function registerConvolutionGradients(): void {
  for (const [kernelName, dilated] of Object.entries(DILATED)) {
    const former = tf.getGradient(kernelName);
    tf.registerGradient({
      ...former,
      gradFunc: (dy, saved, attributes) => {
        const call = new KernelAttributes(kernelName, attributes);
        if (call.pair('dilations', 1).every((extent) => extent === 1)) return former.gradFunc(dy, saved, attributes);
        const [x, filter] = saved.map(asImage);
        const gradient = asImage(Array.isArray(dy) ? dy[0] : dy);
        const window = windowOf(call, x, filter);
        const [, height, width] = x.shape;
        return {
          x: () => dilated.input(gradient, filter, [height, width], window),
          filter: () => dilated.filter(x, gradient, window),
        };
      },
    });
  }
}

/** Narrows the rank, which the op has checked. */
function asImage(x: tf.Tensor): tf.Tensor4D {
  return tf.reshape<tf.Rank.R4>(x, [x.shape[0], x.shape[1] ?? 1, x.shape[2] ?? 1, x.shape[3] ?? 1]);
}

function windowOf(call: KernelAttributes, x: tf.Tensor4D, filter: tf.Tensor4D): DilatedWindow {
  const [dilations, strides] = [call.pair('dilations', 1), call.pair('strides', 1)];
  const { padInfo } = tf.backend_util.computeConv2DInfo(
    x.shape,
    filter.shape,
    [...strides],
    [...dilations],
    paddingOf(call),
    undefined,
    call.kernel === 'DepthwiseConv2dNative',
  );
  const [height, width] = filter.shape;
  return {
    kernel: [height, width],
    dilations,
    vertical: [padInfo.top, padInfo.bottom],
    horizontal: [padInfo.left, padInfo.right],
  };
}
