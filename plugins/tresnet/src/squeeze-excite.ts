import { conv2d, tf } from '@query2label/sdk';
import type { Layer, ParameterDeclarations } from '@query2label/sdk';

/**
 * Weighs each channel by a sigmoid of all channels' averages (Hu et al. 2018). Declares `fc1` and `fc2`, 1x1 convolutions with bias.
 * @param reduced channels between the two
 */
export function squeezeExcite(parameters: ParameterDeclarations, channels: number, reduced: number): Layer {
  const squeeze = conv2d(parameters.scope('fc1'), { inputs: channels, outputs: reduced, kernel: 1 });
  const excite = conv2d(parameters.scope('fc2'), { inputs: reduced, outputs: channels, kernel: 1 });
  return (scope, x) => {
    const average: tf.Tensor4D = tf.mean(x, [1, 2], true);
    return tf.mul<tf.Tensor4D>(x, tf.sigmoid(excite(scope, tf.relu(squeeze(scope, average)))));
  };
}
