import * as tf from '@tensorflow/tfjs';
import type { ForwardScope, ParameterDeclarations } from '../contracts/index.js';

export interface LayerNormOptions {
  readonly width: number;
  /** @default 1e-5, as in PyTorch */
  readonly epsilon?: number;
}

/** Normalises the last dimension to mean 0 and variance 1. Declares `weight` and `bias`, each `[width]`. */
export function layerNorm(
  parameters: ParameterDeclarations,
  { width, epsilon = 1e-5 }: LayerNormOptions,
): <T extends tf.Tensor>(scope: ForwardScope, x: T) => T {
  const weight = parameters.declare('weight', [width], { kind: 'ones' });
  const bias = parameters.declare('bias', [width], { kind: 'zeros' });
  return <T extends tf.Tensor>(scope: ForwardScope, x: T): T => {
    const centred = tf.sub(x, tf.mean(x, -1, true));
    const variance = tf.mean(tf.square(centred), -1, true);
    const normalised = tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon)));
    return tf.add<T>(tf.mul(normalised, scope.parameter(weight)), scope.parameter(bias));
  };
}
