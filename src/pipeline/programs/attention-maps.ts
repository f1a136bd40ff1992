import { tf } from '@query2label/sdk';
import type { DecoderAttention, DecoderOutput } from '@query2label/sdk';

/**
 * The mean of all layers' and heads' attention by their shares.
 * @param shares `[batch, layers, heads]`
 * @returns `[batch, labels, cells]`
 */
export function attentionMaps(
  { layers, heads, queries }: DecoderAttention,
  { attention }: DecoderOutput,
  shares: tf.Tensor,
): tf.Tensor3D {
  const parts = attention.map((weights, layer) => {
    const [batch, , rows, cells] = weights.shape;
    const ofLayer = tf.slice(tf.reshape<tf.Rank.R3>(shares, [batch, layers, heads]), [0, layer, 0], [batch, 1, heads]);
    // [batch, 1, heads] x [batch, heads, queries * cells]
    const mixed = tf.matMul(ofLayer, tf.reshape<tf.Rank.R3>(weights, [batch, heads, rows * cells]));
    return tf.reshape<tf.Rank.R3>(mixed, [batch, rows, cells]);
  });
  const ofQueries = tf.addN(parts);
  return queries === undefined ? ofQueries : tf.gather(ofQueries, tf.tensor1d([...queries], 'int32'), 1);
}
