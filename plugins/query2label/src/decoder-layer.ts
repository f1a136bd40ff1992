import { feedForward, layerNorm, multiheadAttention, tf } from '@query2label/sdk';
import type { AttentionResult, ForwardScope, ParameterDeclarations } from '@query2label/sdk';
import type { Query2LabelOptions } from './options.js';

/** What a decoder layer looks at. */
export interface DecoderView {
  /** `[batch, cells, width]` */
  readonly memory: tf.Tensor3D;
  /** `memory` with the position table added. */
  readonly locatedMemory: tf.Tensor3D;
  /** Label embeddings, `[1, labels, width]`. */
  readonly labels: tf.Tensor3D;
}

/** `output` is the target after the layer, `weights` its cross-attention. The target may have batch 1 until labels have looked. */
export type DecoderLayer = (scope: ForwardScope, target: tf.Tensor3D, view: DecoderView) => AttentionResult;

/**
 * One decoder layer (paper, section 3.2): self-attention among labels where it is kept, cross-attention from labels to the
 * feature map, feed-forward; each with a residual connection.
 */
export function decoderLayer(
  parameters: ParameterDeclarations,
  options: Query2LabelOptions,
  keepSelfAttention: boolean,
): DecoderLayer {
  const { hiddenSize: width, heads, dropout, preNorm } = options;
  const amongLabels = keepSelfAttention
    ? {
        attend: multiheadAttention(parameters.scope('self_attn'), { width, heads, dropout }),
        norm: layerNorm(parameters.scope('norm1'), { width }),
      }
    : undefined;
  const attend = multiheadAttention(parameters.scope('multihead_attn'), { width, heads, dropout });
  const feed = feedForward(parameters, {
    width,
    hidden: options.feedForwardSize,
    activation: options.activation,
    dropout,
  });
  const norm2 = layerNorm(parameters.scope('norm2'), { width });
  const norm3 = layerNorm(parameters.scope('norm3'), { width });

  return (scope, target, { memory, locatedMemory, labels }) => {
    const residual = (
      x: tf.Tensor3D,
      norm: typeof norm2,
      place: string,
      block: (input: tf.Tensor3D) => tf.Tensor3D,
    ): tf.Tensor3D => {
      const output = block(preNorm ? norm(scope, x) : x);
      const sum = tf.add<tf.Tensor3D>(x, scope.random.dropout(`${parameters.prefix}${place}`, output, dropout));
      return preNorm ? sum : norm(scope, sum);
    };
    const named = (x: tf.Tensor3D): tf.Tensor3D => tf.add<tf.Tensor3D>(x, labels);

    const informed =
      amongLabels === undefined
        ? target
        : residual(
            target,
            amongLabels.norm,
            'dropout1',
            (x) => amongLabels.attend(scope, named(x), named(x), x).output,
          );
    let weights: tf.Tensor4D | undefined;
    const looked = residual(informed, norm2, 'dropout2', (x) => {
      const result = attend(scope, named(x), locatedMemory, memory);
      weights = result.weights;
      return result.output;
    });
    const output = residual(looked, norm3, 'dropout3', (x) => feed(scope, x));
    if (weights === undefined) throw new Error(`Decoder layer "${parameters.prefix}" computed no attention.`);
    return { output, weights };
  };
}
