import type * as tf from '@tensorflow/tfjs';
import type { ForwardScope, ParameterDeclarations } from '../contracts/index.js';
import { normaliseRows } from './normalise-rows.js';

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
  return (scope, x) => normaliseRows(x, scope.parameter(weight), scope.parameter(bias), epsilon);
}
