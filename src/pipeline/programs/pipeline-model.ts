import type { NamedTensors, NamedValues } from '@query2label/engine';
import { tf } from '@query2label/sdk';
import type {
  BuiltBackbone,
  BuiltDecoder,
  BuiltLoss,
  DecoderOutput,
  ForwardScope,
  ImageSize,
  Normalization,
  ParameterSpec,
  PublishedBuffer,
} from '@query2label/sdk';

/** The built parts of a pipeline: all that its programs are made of. */
export interface PipelineModel {
  readonly backbone: BuiltBackbone;
  readonly decoder: BuiltDecoder;
  readonly loss: BuiltLoss;
  readonly normalization: Normalization;
  readonly imageSize: ImageSize;
  readonly labelCount: number;
  readonly parameters: readonly ParameterSpec[];
  /** Buffers of the official state dict that are in no program. */
  readonly publishedBuffers: readonly PublishedBuffer[];
  /** Constants of every program: position tables and the like. */
  readonly tables: NamedValues;
}

const SCALE_TABLE = 'normalization/scale';
const SHIFT_TABLE = 'normalization/shift';

/**
 * The normalisation `(pixel / 255 - mean) / std` as `pixel * scale + shift`: tables of one picture row each, `[width * 3]`,
 * because engines are slow at broadcasting over an axis of 3.
 */
export function normalizationTables({ mean, std }: Normalization, { width }: ImageSize): NamedValues {
  const row = (valueOf: (channel: number) => number) => ({
    dtype: 'float32' as const,
    shape: [width * 3],
    data: Float32Array.from({ length: width * 3 }, (_, index) => valueOf(index % 3)),
  });
  return {
    [SCALE_TABLE]: row((channel) => 1 / (255 * std[channel])),
    [SHIFT_TABLE]: row((channel) => -mean[channel] / std[channel]),
  };
}

/**
 * Pictures to the feature map of the backbone, `[batch, featureMap.height, featureMap.width, featureMap.channels]`.
 * @param images `[batch, height, width, 3]`, RGB from 0 to 255
 */
export function forwardBackbone(model: PipelineModel, scope: ForwardScope, images: tf.Tensor): tf.Tensor4D {
  const { height, width } = model.imageSize;
  const rows = images.as3D(-1, height, width * 3);
  const scaled = tf.add(tf.mul(rows, scope.parameter(SCALE_TABLE)), scope.parameter(SHIFT_TABLE));
  return model.backbone.forward(scope, scaled.as4D(-1, height, width, 3));
}

/**
 * Pictures to logits.
 * @param images `[batch, height, width, 3]`, RGB from 0 to 255
 */
export function forwardPipeline(model: PipelineModel, scope: ForwardScope, images: tf.Tensor): DecoderOutput {
  return forwardDecoder(model, scope, forwardBackbone(model, scope, images));
}

/** The inputs of a program to logits: its `images`, or the `features` that the backbone made of them before. */
export function forwardInputs(model: PipelineModel, scope: ForwardScope, inputs: NamedTensors): DecoderOutput {
  const { features } = inputs;
  if (features === undefined) return forwardPipeline(model, scope, argument(inputs, 'images'));
  const { height, width, channels } = model.backbone.featureMap;
  return forwardDecoder(model, scope, features.as4D(-1, height, width, channels));
}

function forwardDecoder(model: PipelineModel, scope: ForwardScope, features: tf.Tensor4D): DecoderOutput {
  scope.observe('backbone.0', features);
  return model.decoder.forward(scope, features);
}

/** The tensor of a program's argument; its absence is a fault of the signature. */
export function argument(tensors: NamedTensors, name: string): tf.Tensor {
  const tensor = tensors[name];
  if (tensor === undefined) throw new Error(`The program was compiled without "${name}".`);
  return tensor;
}
