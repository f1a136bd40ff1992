import { batchNorm, conv2d, frozenBatchNorm, heNormal, tf } from '@query2label/sdk';
import type { Layer, ParameterDeclarations } from '@query2label/sdk';
import type { MobilenetOptions } from './options.js';

export interface ConvolutionOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: 1 | 3;
  readonly stride?: 1 | 2;
  readonly depthwise?: boolean;
  /** Whether ReLU6 follows the normalisation. */
  readonly activated: boolean;
}

/**
 * A convolution without bias, batch normalisation and perhaps ReLU6.
 * @param convolution declares `weight`
 * @param normalization declares the gain, the bias and the running statistics
 */
export function convolutionUnit(
  convolution: ParameterDeclarations,
  normalization: ParameterDeclarations,
  { inputs, outputs, kernel, stride = 1, depthwise = false, activated }: ConvolutionOptions,
  { padding, batchNormalization }: MobilenetOptions,
): Layer {
  const convolve = conv2d(convolution, {
    inputs,
    outputs,
    kernel,
    stride,
    padding: stride === 2 && padding === 'tensorflow' ? 'same' : (kernel - 1) / 2,
    groups: depthwise ? inputs : 1,
    bias: false,
    weightInitializer: heNormal((outputs * kernel * kernel) / (depthwise ? inputs : 1)),
  });
  const normalize = (batchNormalization === 'frozen' ? frozenBatchNorm : batchNorm)(normalization, {
    channels: outputs,
  });
  return (scope, x) => {
    const y = normalize(scope, convolve(scope, x));
    return activated ? tf.clipByValue(y, 0, 6) : y;
  };
}
