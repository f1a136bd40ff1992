import type * as tf from '@tensorflow/tfjs';
import type { ParameterDeclarations } from '../contracts/index.js';
import { activationOf } from './activation.js';
import type { Activation } from './activation.js';
import { glorotUniform } from './initializers.js';
import type { Layer } from './layer.js';
import { linear } from './linear.js';

export interface FeedForwardOptions {
  readonly width: number;
  /** Width of the hidden layer. */
  readonly hidden: number;
  readonly activation: Activation;
  /** Dropout rate of the hidden layer in training. @default 0 */
  readonly dropout?: number;
}

/**
 * `linear2(dropout(activation(linear1(x))))`. Declares `linear1` and `linear2` beside the attention of the same layer, as PyTorch's
 * transformer does.
 */
export function feedForward(
  parameters: ParameterDeclarations,
  { width, hidden, activation, dropout = 0 }: FeedForwardOptions,
): Layer<tf.Tensor3D> {
  const expand = linear(parameters.scope('linear1'), {
    inputs: width,
    outputs: hidden,
    weightInitializer: glorotUniform(width, hidden),
  });
  const contract = linear(parameters.scope('linear2'), {
    inputs: hidden,
    outputs: width,
    weightInitializer: glorotUniform(hidden, width),
  });
  const activate = activationOf(activation);
  return (scope, x) =>
    contract(scope, scope.random.dropout(`${parameters.prefix}dropout`, activate(expand(scope, x)), dropout));
}
