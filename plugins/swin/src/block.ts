import { dropPath, gelu, layerNorm, linear, tf } from '@query2label/sdk';
import type { Layer, ParameterDeclarations } from '@query2label/sdk';
import type { WindowGeometry } from './geometry.js';
import { windowAttention } from './window-attention.js';
import { cutWindows, joinWindows } from './windows.js';

export interface BlockOptions {
  readonly width: number;
  readonly heads: number;
  readonly geometry: WindowGeometry;
  /** Full name of the table that keeps windows' parts apart, where some must be. */
  readonly mask?: string;
  /** Rate at which the block's branches are skipped for an image in training. */
  readonly dropPath: number;
}

/** Attention in windows and a feed-forward block of four times the width, each normalised before and with a residual connection. */
export function swinBlock(parameters: ParameterDeclarations, options: BlockOptions): Layer {
  const { width, heads, geometry, mask, dropPath: rate } = options;
  const norm1 = layerNorm(parameters.scope('norm1'), { width });
  const attend = windowAttention(parameters.scope('attn'), { width, heads, window: geometry.window });
  const norm2 = layerNorm(parameters.scope('norm2'), { width });
  const expand = linear(parameters.scope('mlp.fc1'), { inputs: width, outputs: 4 * width });
  const contract = linear(parameters.scope('mlp.fc2'), { inputs: 4 * width, outputs: width });
  return (scope, x) => {
    const skipped = (place: string, branch: tf.Tensor4D): tf.Tensor4D =>
      dropPath(scope, `${parameters.prefix}${place}`, branch, rate);
    const windows = cutWindows(norm1(scope, x), geometry);
    const mixed = attend(scope, windows, mask === undefined ? undefined : scope.parameter(mask));
    const attended = tf.add<tf.Tensor4D>(x, skipped('attention', joinWindows(mixed, geometry)));
    const fed = contract(scope, gelu(expand(scope, norm2(scope, attended))));
    return tf.add<tf.Tensor4D>(attended, skipped('feed_forward', fed));
  };
}
