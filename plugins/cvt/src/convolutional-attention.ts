import { batchNorm, conv2d, linear, tf } from '@query2label/sdk';
import type { ForwardScope, Layer, ParameterDeclarations } from '@query2label/sdk';
import { joinTokens, splitTokens } from './tokens.js';
import type { SplitTokens, TokenLayout } from './tokens.js';

export interface ConvolutionalAttentionOptions {
  readonly width: number;
  readonly heads: number;
  readonly layout: TokenLayout;
}

/** Cells between which keys and values are taken: every second row and column. */
const KEY_STRIDE = 2;

/**
 * Attention whose queries, keys and values come from depthwise convolutions of the map (paper, section 3.2); the class token skips them.
 * Declares `conv_proj_{q,k,v}.{conv,bn}`, `proj_{q,k,v}` and `proj`.
 * @returns `[batch, tokens, width] -> [batch, tokens, width]`
 */
export function convolutionalAttention(
  parameters: ParameterDeclarations,
  { width, heads, layout }: ConvolutionalAttentionOptions,
): Layer<tf.Tensor3D> {
  const strides = { q: 1, k: KEY_STRIDE, v: KEY_STRIDE };
  const convolve = mapKeys((key) => convolution(parameters.scope(`conv_proj_${key}`), width, strides[key]));
  const project = mapKeys((key) => linear(parameters.scope(`proj_${key}`), { inputs: width, outputs: width }));
  const finish = linear(parameters.scope('proj'), { inputs: width, outputs: width });

  return (scope, x) => {
    const { classToken, map }: SplitTokens = splitTokens(x, layout);
    const [batch, count] = x.shape;
    /** `[batch, heads, tokens, width / heads]` */
    const headsOf = (key: Key): tf.Tensor4D => {
      const tokens = project[key](scope, joinTokens({ classToken, map: convolve[key](scope, map) }));
      const split = tf.reshape<tf.Rank.R4>(tokens, [batch, tokens.shape[1], heads, width / heads]);
      return tf.transpose(split, [0, 2, 1, 3]);
    };
    // the official scale is that of the full width, not of a head
    const queries = tf.mul<tf.Tensor4D>(headsOf('q'), 1 / Math.sqrt(width));
    const weights = tf.softmax(tf.matMul<tf.Tensor4D>(queries, headsOf('k'), false, true));
    const mixed = tf.transpose(tf.matMul<tf.Tensor4D>(weights, headsOf('v')), [0, 2, 1, 3]);
    return finish(scope, tf.reshape<tf.Rank.R3>(mixed, [batch, count, width]));
  };
}

type Key = 'q' | 'k' | 'v';

const mapKeys = <T>(build: (key: Key) => T): Readonly<Record<Key, T>> => ({
  q: build('q'),
  k: build('k'),
  v: build('v'),
});

function convolution(parameters: ParameterDeclarations, width: number, stride: number): Layer {
  const options = { inputs: width, outputs: width, kernel: 3, stride, padding: 1, groups: width, bias: false };
  const convolve = conv2d(parameters.scope('conv'), options);
  const normalize = batchNorm(parameters.scope('bn'), { channels: width });
  return (scope: ForwardScope, x) => normalize(scope, convolve(scope, x));
}
