import { batchNorm, conv2d, heNormal, tf } from '@query2label/sdk';
import type { Layer, ParameterDeclarations } from '@query2label/sdk';

export interface ActivatedConvolutionOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: 1 | 3;
  /** Slope of the leaky ReLU below zero; without it the output is not activated. */
  readonly slope?: number;
}

/**
 * A convolution without bias that keeps the size, in-place activated batch normalisation (`(|weight| + epsilon) x + bias`, Rota Bulo et
 * al. 2018) and a leaky ReLU. Declares `0.weight` and `1.weight`, `1.bias`, `1.running_mean`, `1.running_var`.
 */
export function activatedConvolution(parameters: ParameterDeclarations, options: ActivatedConvolutionOptions): Layer {
  const { inputs, outputs, kernel, slope } = options;
  const convolve = conv2d(parameters.scope('0'), {
    inputs,
    outputs,
    kernel,
    padding: (kernel - 1) / 2,
    bias: false,
    weightInitializer: heNormal(outputs * kernel * kernel),
  });
  const normalize = batchNorm(parameters.scope('1'), { channels: outputs, gain: 'absolute' });
  return (scope, x) => {
    const y = normalize(scope, convolve(scope, x));
    return slope === undefined ? y : tf.leakyRelu(y, slope);
  };
}
