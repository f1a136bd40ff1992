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
  /** Constants of every program: position tables and the like. */
  readonly tables: NamedValues;
}

const MEAN_TABLE = 'normalization/mean';
const STANDARD_DEVIATION_TABLE = 'normalization/std';

/** The normalisation as tables of the model, `[3]` each. */
export function normalizationTables({ mean, std }: Normalization): NamedValues {
  return {
    [MEAN_TABLE]: { dtype: 'float32', shape: [3], data: Float32Array.from(mean) },
    [STANDARD_DEVIATION_TABLE]: { dtype: 'float32', shape: [3], data: Float32Array.from(std) },
  };
}

/**
 * Pictures to logits.
 * @param images `[batch, height, width, 3]`, RGB from 0 to 255
 */
export function forwardPipeline(model: PipelineModel, scope: ForwardScope, images: tf.Tensor): DecoderOutput {
  const { height, width } = model.imageSize;
  const centred = tf.sub(tf.div(images, 255), scope.parameter(MEAN_TABLE));
  const normalised = tf.div(centred, scope.parameter(STANDARD_DEVIATION_TABLE)).as4D(-1, height, width, 3);
  return model.decoder.forward(scope, model.backbone.forward(scope, normalised));
}

/** The tensor of a program's argument; its absence is a fault of the signature. */
export function argument(tensors: NamedTensors, name: string): tf.Tensor {
  const tensor = tensors[name];
  if (tensor === undefined) throw new Error(`The program was compiled without "${name}".`);
  return tensor;
}
