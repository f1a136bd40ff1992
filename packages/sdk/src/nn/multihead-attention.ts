import * as tf from '@tensorflow/tfjs';
import type { ForwardScope, ParameterDeclarations } from '../contracts/index.js';
import { glorotUniform } from './initializers.js';
import { applyLinear, linear } from './linear.js';
import { parameter2d } from './parameter-rank.js';

export interface MultiheadAttentionOptions {
  readonly width: number;
  /** Must divide the width. */
  readonly heads: number;
  /** Dropout rate of the attention weights in training. @default 0 */
  readonly dropout?: number;
}

export interface AttentionResult {
  /** `[batch, queries, width]` */
  readonly output: tf.Tensor3D;
  /** Softmax weights before dropout, `[batch, heads, queries, keys]`. */
  readonly weights: tf.Tensor4D;
}

/** Queries may have batch 1: they are then projected once and shared by the whole batch. */
export type MultiheadAttention = (
  scope: ForwardScope,
  query: tf.Tensor3D,
  key: tf.Tensor3D,
  value: tf.Tensor3D,
) => AttentionResult;

/**
 * Multi-head attention (Vaswani et al. 2017) with PyTorch's packed projection: declares `in_proj_weight` `[3 * width, width]` (query,
 * key, value), `in_proj_bias` `[3 * width]`, `out_proj.weight` and `out_proj.bias`.
 */
export function multiheadAttention(
  parameters: ParameterDeclarations,
  { width, heads, dropout = 0 }: MultiheadAttentionOptions,
): MultiheadAttention {
  if (width % heads !== 0) {
    throw new RangeError(`Attention "${parameters.prefix}": width ${width} is not a multiple of ${heads} heads.`);
  }
  const weight = parameters.declare('in_proj_weight', [3 * width, width], glorotUniform(width, 3 * width));
  const bias = parameters.declare('in_proj_bias', [3 * width], { kind: 'zeros' });
  const outputProjection = linear(parameters.scope('out_proj'), {
    inputs: width,
    outputs: width,
    weightInitializer: glorotUniform(width, width),
    biasInitializer: { kind: 'zeros' },
  });
  const headWidth = width / heads;

  /** Projects with one third of the packed matrix: `[batch, length, width] -> [batch, heads, length, headWidth]`. */
  const project = (scope: ForwardScope, x: tf.Tensor3D, third: number): tf.Tensor4D => {
    const part = tf.slice(parameter2d(scope, weight), [third * width, 0], [width, width]);
    const offset = tf.slice(scope.parameter(bias), [third * width], [width]);
    const [batch, length] = x.shape;
    const split = tf.reshape<tf.Rank.R4>(applyLinear(x, part, offset), [batch, length, heads, headWidth]);
    return tf.transpose(split, [0, 2, 1, 3]);
  };

  return (scope, query, key, value) => {
    const [batch] = key.shape;
    const length = query.shape[1];
    const scaled = tf.mul<tf.Tensor4D>(project(scope, query, 0), 1 / Math.sqrt(headWidth));
    const queries = query.shape[0] === batch ? scaled : tf.tile(scaled, [batch, 1, 1, 1]);
    const weights = tf.softmax(tf.matMul<tf.Tensor4D>(queries, project(scope, key, 1), false, true));
    const dropped = scope.random.dropout(`${parameters.prefix}attention`, weights, dropout);
    const mixed = tf.matMul<tf.Tensor4D>(dropped, project(scope, value, 2));
    // [batch, heads, length, headWidth] -> [batch, length, heads, headWidth] -> [batch, length, width]
    const joined = tf.reshape<tf.Rank.R3>(tf.transpose(mixed, [0, 2, 1, 3]), [batch, length, width]);
    return { output: outputProjection(scope, joined), weights };
  };
}
