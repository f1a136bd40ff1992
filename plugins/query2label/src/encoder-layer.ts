import { feedForward, layerNorm, multiheadAttention, tf } from '@query2label/sdk';
import type { ForwardScope, ParameterDeclarations } from '@query2label/sdk';
import type { Query2LabelOptions } from './options.js';

/** `(scope, memory [batch, cells, width], positions [cells, width]) -> [batch, cells, width]` */
export type EncoderLayer = (scope: ForwardScope, memory: tf.Tensor3D, positions: tf.Tensor) => tf.Tensor3D;

/** Self-attention among the cells of the feature map and a feed-forward block, each with a residual connection. */
export function encoderLayer(parameters: ParameterDeclarations, options: Query2LabelOptions): EncoderLayer {
  const { hiddenSize: width, heads, dropout, preNorm } = options;
  const attend = multiheadAttention(parameters.scope('self_attn'), { width, heads, dropout });
  const feed = feedForward(parameters, {
    width,
    hidden: options.feedForwardSize,
    activation: options.activation,
    dropout,
  });
  const norm1 = layerNorm(parameters.scope('norm1'), { width });
  const norm2 = layerNorm(parameters.scope('norm2'), { width });
  const drop = (scope: ForwardScope, place: string, x: tf.Tensor3D): tf.Tensor3D =>
    scope.random.dropout(`${parameters.prefix}${place}`, x, dropout);

  return (scope, memory, positions) => {
    const mix = (x: tf.Tensor3D): tf.Tensor3D => {
      const located = tf.add<tf.Tensor3D>(x, positions);
      return drop(scope, 'dropout1', attend(scope, located, located, x).output);
    };
    const process = (x: tf.Tensor3D): tf.Tensor3D => drop(scope, 'dropout2', feed(scope, x));
    if (preNorm) {
      const mixed = tf.add<tf.Tensor3D>(memory, mix(norm1(scope, memory)));
      return tf.add<tf.Tensor3D>(mixed, process(norm2(scope, mixed)));
    }
    const mixed = norm1(scope, tf.add<tf.Tensor3D>(memory, mix(memory)));
    return norm2(scope, tf.add<tf.Tensor3D>(mixed, process(mixed)));
  };
}
