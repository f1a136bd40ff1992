import { dropPath, layerNorm, linear, tf } from '@query2label/sdk';
import type { Layer, ParameterDeclarations } from '@query2label/sdk';
import { convolutionalAttention } from './convolutional-attention.js';
import type { ConvolutionalAttentionOptions } from './convolutional-attention.js';

export interface BlockOptions extends ConvolutionalAttentionOptions {
  /** Rate at which the block's branches are skipped for an image in training. */
  readonly dropPath: number;
}

/** Convolutional attention and a feed-forward block of four times the width, each normalised before and with a residual connection. */
export function cvtBlock(parameters: ParameterDeclarations, options: BlockOptions): Layer<tf.Tensor3D> {
  const { width, dropPath: rate } = options;
  const norm1 = layerNorm(parameters.scope('norm1'), { width });
  const attend = convolutionalAttention(parameters.scope('attn'), options);
  const norm2 = layerNorm(parameters.scope('norm2'), { width });
  const expand = linear(parameters.scope('mlp.fc1'), { inputs: width, outputs: 4 * width });
  const contract = linear(parameters.scope('mlp.fc2'), { inputs: 4 * width, outputs: width });
  return (scope, x) => {
    const skipped = (place: string, branch: tf.Tensor3D): tf.Tensor3D =>
      dropPath(scope, `${parameters.prefix}${place}`, branch, rate);
    const attended = tf.add<tf.Tensor3D>(x, skipped('attention', attend(scope, norm1(scope, x))));
    const fed = contract(scope, quickGelu(expand(scope, norm2(scope, attended))));
    return tf.add<tf.Tensor3D>(attended, skipped('feed_forward', fed));
  };
}

/** `x * sigmoid(1.702 x)`, the official code's approximation of the Gaussian error linear unit. */
function quickGelu<T extends tf.Tensor>(x: T): T {
  return tf.mul<T>(x, tf.sigmoid(tf.mul(x, 1.702)));
}
