import { gelu, layerNorm, linear, multiheadAttention, tf } from '@query2label/sdk';
import type { Layer, ParameterDeclarations } from '@query2label/sdk';

/** What torchvision and timm give vision transformers; PyTorch's default is ten times that. */
export const NORM_EPSILON = 1e-6;

export interface EncoderLayerOptions {
  readonly width: number;
  readonly heads: number;
}

/** Pre-norm self-attention and feed-forward block of four times the width (Dosovitskiy et al. 2021, equations 2 and 3). */
export function encoderLayer(
  parameters: ParameterDeclarations,
  { width, heads }: EncoderLayerOptions,
): Layer<tf.Tensor3D> {
  const norm1 = layerNorm(parameters.scope('ln_1'), { width, epsilon: NORM_EPSILON });
  const attend = multiheadAttention(parameters.scope('self_attention'), { width, heads });
  const norm2 = layerNorm(parameters.scope('ln_2'), { width, epsilon: NORM_EPSILON });
  const expand = linear(parameters.scope('mlp.0'), { inputs: width, outputs: 4 * width });
  const contract = linear(parameters.scope('mlp.3'), { inputs: 4 * width, outputs: width });
  return (scope, x) => {
    const normalized = norm1(scope, x);
    const attended = tf.add<tf.Tensor3D>(x, attend(scope, normalized, normalized, normalized).output);
    return tf.add<tf.Tensor3D>(attended, contract(scope, gelu(expand(scope, norm2(scope, attended)))));
  };
}
