import { linear, parameter2d, tf } from '@query2label/sdk';
import type { ForwardScope, ParameterDeclarations } from '@query2label/sdk';
import { relativePositionIndex } from './geometry.js';

export interface WindowAttentionOptions {
  readonly width: number;
  readonly heads: number;
  /** Rows and columns of a window. */
  readonly window: number;
}

/**
 * Attention among the cells of a window with a learned bias for each distance.
 * @param x `[batch * windows, cells, width]`
 * @param mask `[windows, cells, cells]`, added to the attention of every head
 */
export type WindowAttention = (scope: ForwardScope, x: tf.Tensor3D, mask?: tf.Tensor) => tf.Tensor3D;

/** Declares `relative_position_bias_table`, `qkv` and `proj`. */
export function windowAttention(
  parameters: ParameterDeclarations,
  { width, heads, window }: WindowAttentionOptions,
): WindowAttention {
  const [cells, span, headWidth] = [window * window, 2 * window - 1, width / heads];
  const table = parameters.declare('relative_position_bias_table', [span * span, heads], {
    kind: 'normal',
    standardDeviation: 0.02,
  });
  const index = relativePositionIndex(window);
  parameters.published('relative_position_index', [cells, cells], () => Float32Array.from(index), 'int32');
  const mix = linear(parameters.scope('qkv'), { inputs: width, outputs: 3 * width });
  const project = linear(parameters.scope('proj'), { inputs: width, outputs: width });

  return (scope, x, mask) => {
    const [count] = x.shape;
    // [count, cells, 3 * width] -> three of [count, heads, cells, headWidth]
    const [query, key, value] = tf
      .split<tf.Tensor3D>(mix(scope, x), 3, -1)
      .map((part) => tf.transpose(tf.reshape<tf.Rank.R4>(part, [count, cells, heads, headWidth]), [0, 2, 1, 3]));
    const scaled = tf.mul<tf.Tensor4D>(query, 1 / Math.sqrt(headWidth));
    const picked = tf.gather(parameter2d(scope, table), tf.tensor1d(index, 'int32'));
    // [cells * cells, heads] -> [heads, cells, cells]
    const bias = tf.reshape(tf.transpose(picked), [heads, cells, cells]);
    const located = tf.add<tf.Tensor4D>(tf.matMul<tf.Tensor4D>(scaled, key, false, true), bias);
    const weights = tf.softmax(mask === undefined ? located : masked(located, mask));
    // [count, heads, cells, headWidth] -> [count, cells, width]
    const joined = tf.transpose(tf.matMul<tf.Tensor4D>(weights, value), [0, 2, 1, 3]);
    return project(scope, tf.reshape<tf.Rank.R3>(joined, [count, cells, width]));
  };
}

/** @param attention `[batch * windows, heads, cells, cells]` */
function masked(attention: tf.Tensor4D, mask: tf.Tensor): tf.Tensor4D {
  const [count, heads, cells] = attention.shape;
  const windows = mask.shape[0];
  const ofImages = tf.reshape<tf.Rank.R5>(attention, [count / windows, windows, heads, cells, cells]);
  const sum = tf.add(ofImages, tf.reshape(mask, [1, windows, 1, cells, cells]));
  return tf.reshape<tf.Rank.R4>(sum, [count, heads, cells, cells]);
}
