import { feedForward, layerNorm, multiheadAttention, tf } from '@query2label/sdk';
import type { AttentionResult, ForwardScope, ParameterDeclarations } from '@query2label/sdk';
import type { MlDecoderOptions } from './options.js';

/** `(scope, queries [batch, groups, width], memory [batch, cells, width])`: the queries afterwards, and their cross-attention. */
export type DecoderLayer = (scope: ForwardScope, queries: tf.Tensor3D, memory: tf.Tensor3D) => AttentionResult;

/**
 * The decoder layer of ML-Decoder (Ridnik et al. 2021, section 3.1): cross-attention and a feed-forward block, normalised afterwards. The
 * self-attention of the usual layer is gone, and only its residual connection is left: queries are added to themselves, where
 * dropout tells the two apart. Neither queries nor cells have positions.
 */
export function decoderLayer(parameters: ParameterDeclarations, options: MlDecoderOptions): DecoderLayer {
  const { hiddenSize: width, heads, dropout, feedForwardSize: hidden } = options;
  const norm1 = layerNorm(parameters.scope('norm1'), { width });
  const attend = multiheadAttention(parameters.scope('multihead_attn'), { width, heads, dropout });
  const feed = feedForward(parameters, { width, hidden, activation: 'relu', dropout });
  const norm2 = layerNorm(parameters.scope('norm2'), { width });
  const norm3 = layerNorm(parameters.scope('norm3'), { width });

  return (scope, queries, memory) => {
    const addDropped = (x: tf.Tensor3D, place: string, y: tf.Tensor3D): tf.Tensor3D =>
      tf.add<tf.Tensor3D>(x, scope.random.dropout(`${parameters.prefix}${place}`, y, dropout));
    const asked = norm1(scope, addDropped(queries, 'dropout1', queries));
    const { output, weights } = attend(scope, asked, memory, memory);
    const looked = norm2(scope, addDropped(asked, 'dropout2', output));
    return { output: norm3(scope, addDropped(looked, 'dropout3', feed(scope, looked))), weights };
  };
}
