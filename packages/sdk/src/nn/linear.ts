import * as tf from '@tensorflow/tfjs';
import type { ForwardScope, Initializer, ParameterDeclarations } from '../contracts/index.js';
import { fanInUniform } from './initializers.js';
import { parameter2d } from './parameter-rank.js';

export interface LinearOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** @default true */
  readonly bias?: boolean;
  /** First values of the weight. @default uniform in +-1/sqrt(inputs) */
  readonly weightInitializer?: Initializer;
  /** First values of the bias. @default uniform in +-1/sqrt(inputs) */
  readonly biasInitializer?: Initializer;
}

/** `x W^T + b` over the last dimension. Declares `weight` `[outputs, inputs]` and `bias` `[outputs]`. */
export function linear(
  parameters: ParameterDeclarations,
  options: LinearOptions,
): <T extends tf.Tensor>(scope: ForwardScope, x: T) => T {
  const { inputs, outputs, bias = true } = options;
  const initial = fanInUniform(inputs);
  const weight = parameters.declare('weight', [outputs, inputs], options.weightInitializer ?? initial);
  const offset = bias ? parameters.declare('bias', [outputs], options.biasInitializer ?? initial) : undefined;
  return (scope, x) =>
    applyLinear(x, parameter2d(scope, weight), offset === undefined ? undefined : scope.parameter(offset));
}

/**
 * `x W^T + b` over the last dimension of `x`.
 * @param weight `[outputs, inputs]`
 * @param bias `[outputs]`
 */
export function applyLinear<T extends tf.Tensor>(x: T, weight: tf.Tensor2D, bias?: tf.Tensor): T {
  const [outputs, inputs] = weight.shape;
  const leading = x.shape.slice(0, -1);
  const rows = leading.reduce((product, extent) => product * extent, 1);
  // [..., inputs] -> [rows, inputs]: tfjs's gradient of a 3-D by 2-D product has the wrong shape
  const flat = tf.reshape<tf.Rank.R2>(x, [rows, inputs]);
  const product = tf.matMul(flat, weight, false, true);
  // [rows, outputs] -> [..., outputs]
  return (bias === undefined ? product : tf.add<tf.Tensor>(product, bias)).reshape<T>([...leading, outputs]);
}
