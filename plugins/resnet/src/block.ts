import { tf } from '@query2label/sdk';
import type { Layer, ParameterDeclarations } from '@query2label/sdk';
import { EXPANSION } from './architecture.js';
import type { Architecture } from './architecture.js';
import { normalizedConvolution } from './convolution.js';
import type { ResnetOptions } from './options.js';

export interface BlockOptions {
  readonly kind: Architecture['block'];
  readonly inputs: number;
  /** Inner channels; the output has `channels * EXPANSION[kind]`. */
  readonly channels: number;
  readonly stride: number;
  readonly normalization: ResnetOptions['normalization'];
}

/**
 * A residual block, `relu(f(x) + shortcut(x))`. The basic one has two 3x3 convolutions; the bottleneck narrows, convolves and widens, with
 * the stride in the middle (torchvision's variant).
 */
export function residualBlock(parameters: ParameterDeclarations, options: BlockOptions): Layer {
  const { kind, inputs, channels, stride, normalization } = options;
  const outputs = channels * EXPANSION[kind];
  const convolution = (index: number, from: number, to: number, kernel: number, step: number): Layer =>
    normalizedConvolution(parameters.scope(`conv${index}`), parameters.scope(`bn${index}`), {
      inputs: from,
      outputs: to,
      kernel,
      stride: step,
      normalization,
    });
  const branch: readonly Layer[] =
    kind === 'basic'
      ? [convolution(1, inputs, channels, 3, stride), convolution(2, channels, outputs, 3, 1)]
      : [
          convolution(1, inputs, channels, 1, 1),
          convolution(2, channels, channels, 3, stride),
          convolution(3, channels, outputs, 1, 1),
        ];
  const shortcut =
    stride === 1 && inputs === outputs
      ? undefined
      : normalizedConvolution(parameters.scope('downsample.0'), parameters.scope('downsample.1'), {
          inputs,
          outputs,
          kernel: 1,
          stride,
          normalization,
        });
  return (scope, x) => {
    const last = branch.length - 1;
    const residual = branch.reduce((y, layer, index) => {
      const next = layer(scope, y);
      return index === last ? next : tf.relu(next);
    }, x);
    return tf.relu(tf.add<tf.Tensor4D>(residual, shortcut === undefined ? x : shortcut(scope, x)));
  };
}
