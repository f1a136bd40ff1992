import { batchNorm, conv2d, frozenBatchNorm, heNormal } from '@query2label/sdk';
import type { Layer, ParameterDeclarations } from '@query2label/sdk';
import type { ResnetOptions } from './options.js';

export interface NormalizedConvolutionOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  readonly normalization: ResnetOptions['normalization'];
}

/**
 * A convolution without bias, padded to keep the size, and the batch normalisation after it.
 * @param convolution declares `weight`
 * @param normalization declares `weight`, `bias`, `running_mean`, `running_var`
 */
export function normalizedConvolution(
  convolution: ParameterDeclarations,
  normalization: ParameterDeclarations,
  options: NormalizedConvolutionOptions,
): Layer {
  const { inputs, outputs, kernel, stride } = options;
  const convolve = conv2d(convolution, {
    inputs,
    outputs,
    kernel,
    stride,
    padding: (kernel - 1) / 2,
    bias: false,
    weightInitializer: heNormal(outputs * kernel * kernel),
  });
  const normalize =
    options.normalization === 'frozen'
      ? frozenBatchNorm(normalization, { channels: outputs })
      : batchNorm(normalization, { channels: outputs });
  return (scope, x) => normalize(scope, convolve(scope, x));
}
