import { tf } from '@query2label/sdk';
import type { Layer, ParameterDeclarations } from '@query2label/sdk';
import { activatedConvolution } from './activated-convolution.js';
import { EXPANSION } from './architecture.js';
import type { BlockKind } from './architecture.js';
import { blurAndHalve } from './blur.js';
import { squeezeExcite } from './squeeze-excite.js';

export interface BlockOptions {
  readonly kind: BlockKind;
  readonly inputs: number;
  /** Inner channels; the output has `channels * EXPANSION[kind]`. */
  readonly channels: number;
  readonly stride: 1 | 2;
  readonly squeezeExcite: boolean;
}

const SLOPE = 1e-3;

/** A convolution of 3 by 3; with stride 2 it is blurred and halved afterwards, and its parameters lie one level deeper. */
function strided(parameters: ParameterDeclarations, inputs: number, outputs: number, stride: 1 | 2): Layer {
  const own = stride === 2 ? parameters.scope('0') : parameters;
  const convolve = activatedConvolution(own, { inputs, outputs, kernel: 3, slope: SLOPE });
  return stride === 2 ? (scope, x) => blurAndHalve(convolve(scope, x)) : convolve;
}

/** The way around a block: averages of 2 by 2 cells where it halves, then a convolution where the channels change. */
function shortcutOf(parameters: ParameterDeclarations, inputs: number, outputs: number, stride: 1 | 2): Layer {
  if (stride === 1 && inputs === outputs) return (_scope, x) => x;
  const own = parameters.scope(`downsample.${stride === 2 ? 1 : 0}`);
  const convolve = activatedConvolution(own, { inputs, outputs, kernel: 1 });
  return (scope, x) => convolve(scope, stride === 2 ? tf.avgPool(x, 2, 2, 'same') : x);
}

function inTurn(layers: readonly Layer[]): Layer {
  return (scope, x) => layers.reduce((y, layer) => layer(scope, y), x);
}

/** A residual block of TResNet (Ridnik et al. 2020, figure 2): `relu(f(x) + shortcut(x))`. */
export function residualBlock(parameters: ParameterDeclarations, options: BlockOptions): Layer {
  const { kind, inputs, channels, stride } = options;
  const outputs = channels * EXPANSION[kind];
  const excite = (reduction: number): readonly Layer[] =>
    options.squeezeExcite
      ? [squeezeExcite(parameters.scope('se'), channels, Math.max(64, Math.floor(outputs / reduction)))]
      : [];
  const residual =
    kind === 'basic'
      ? inTurn([
          strided(parameters.scope('conv1'), inputs, channels, stride),
          activatedConvolution(parameters.scope('conv2'), { inputs: channels, outputs, kernel: 3 }),
          ...excite(4),
        ])
      : inTurn([
          activatedConvolution(parameters.scope('conv1'), { inputs, outputs: channels, kernel: 1, slope: SLOPE }),
          strided(parameters.scope('conv2'), channels, channels, stride),
          ...excite(8),
          activatedConvolution(parameters.scope('conv3'), { inputs: channels, outputs, kernel: 1 }),
        ]);
  const shortcut = shortcutOf(parameters, inputs, outputs, stride);
  return (scope, x) => tf.relu(tf.add<tf.Tensor4D>(residual(scope, x), shortcut(scope, x)));
}
