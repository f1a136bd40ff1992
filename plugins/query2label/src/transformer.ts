import { frozenDeclarations, layerNorm, tf } from '@query2label/sdk';
import type { ForwardScope, ParameterDeclarations } from '@query2label/sdk';
import { decoderLayer } from './decoder-layer.js';
import { encoderLayer } from './encoder-layer.js';
import type { Query2LabelOptions } from './options.js';

/** `(scope, memory [batch, cells, width], positions [cells, width]) -> [batch, cells, width]` */
export type Encoder = (scope: ForwardScope, memory: tf.Tensor3D, positions: tf.Tensor) => tf.Tensor3D;

/** Refines the feature map. The final normalisation exists with `preNorm` only; without layers it is declared, as officially, but unused. */
export function encoder(parameters: ParameterDeclarations, options: Query2LabelOptions): Encoder {
  const { encoderLayers, preNorm, hiddenSize: width } = options;
  const layers = Array.from({ length: encoderLayers }, (_, index) =>
    encoderLayer(parameters.scope(`layers.${index}`), options),
  );
  const normDeclarations = encoderLayers === 0 ? frozenDeclarations(parameters) : parameters;
  const norm = preNorm ? layerNorm(normDeclarations.scope('norm'), { width }) : undefined;
  return (scope, memory, positions) => {
    if (layers.length === 0) return memory;
    const refined = layers.reduce((x, layer) => layer(scope, x, positions), memory);
    return norm === undefined ? refined : norm(scope, refined);
  };
}

export interface DecodedLabels {
  /** `[batch, labels, width]` */
  readonly output: tf.Tensor3D;
  /** Cross-attention of each layer, `[batch, heads, labels, cells]`. */
  readonly attention: readonly tf.Tensor4D[];
}

/** `(scope, memory [batch, cells, width], positions [cells, width], labels [1, labels, width])` */
export type LabelDecoder = (
  scope: ForwardScope,
  memory: tf.Tensor3D,
  positions: tf.Tensor,
  labels: tf.Tensor3D,
) => DecodedLabels;

/** Lets each label's query gather what it needs from the feature map. The target starts from zero; labels enter as query positions. */
export function labelDecoder(parameters: ParameterDeclarations, options: Query2LabelOptions): LabelDecoder {
  const { decoderLayers, keepFirstSelfAttention, keepOtherSelfAttention, hiddenSize: width } = options;
  const layers = Array.from({ length: decoderLayers }, (_, index) =>
    decoderLayer(
      parameters.scope(`layers.${index}`),
      options,
      index === 0 ? keepFirstSelfAttention : keepOtherSelfAttention,
    ),
  );
  const norm = layerNorm(parameters.scope('norm'), { width });
  return (scope, memory, positions, labels) => {
    const locatedMemory = tf.add<tf.Tensor3D>(memory, positions);
    const start = tf.zerosLike(labels);
    // labels that attend to each other first need their own target for each image, since dropout differs
    let target = keepFirstSelfAttention ? tf.tile(start, [memory.shape[0], 1, 1]) : start;
    const attention: tf.Tensor4D[] = [];
    layers.forEach((layer, index) => {
      const { output, weights } = layer(scope, target, { memory, locatedMemory, labels });
      target = output;
      attention.push(weights);
      scope.observe(`${parameters.prefix}layers.${index}`, output);
    });
    const output = norm(scope, target);
    scope.observe(`${parameters.prefix}norm`, output);
    return { output, attention };
  };
}
