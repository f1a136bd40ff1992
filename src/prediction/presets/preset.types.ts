import { Field, Float, Int, ObjectType } from '@nestjs/graphql';
import { JSONObject } from '../../common/graphql/index.js';

@ObjectType({ description: 'A figure of a publication, with what it depends on.' })
export class PublishedResultType {
  @Field(() => Float, { description: 'Mean average precision, from 0 to 1.' })
  readonly meanAveragePrecision: number;

  @Field({ description: 'Name of the metric that computes it so.' })
  readonly protocol: string;

  @Field({ description: 'What it was measured on.' })
  readonly dataset: string;

  @Field({ description: 'Where it is published.' })
  readonly source: string;
}

@ObjectType({
  description:
    'What a preset costs, derived from its recorded programs. Operations are those of convolutions and matrix products, a multiply-add counting as two; bytes are estimates.',
})
export class PresetCost {
  @Field(() => Int, { description: 'Batch that the bytes are for.' })
  readonly batchSize: number;

  @Field(() => Float, { description: 'Numbers in all parameters, buffers left out.' })
  readonly parameters: number;

  @Field(() => Float, { description: 'Those of them that learn.' })
  readonly trainableParameters: number;

  @Field(() => Float, { description: 'Floating-point operations to predict one image.' })
  readonly predictionOperations: number;

  @Field(() => Float, { description: 'Floating-point operations of a training step, by image.' })
  readonly trainingOperations: number;

  @Field(() => Float, { description: 'Bytes that prediction of a batch takes.' })
  readonly predictionBytes: number;

  @Field(() => Float, {
    description:
      'Bytes that training with the batch takes: parameters, averages, state of AdamW, gradients and activations.',
  })
  readonly trainingBytes: number;
}

@ObjectType({
  description:
    'How long a preset takes on this machine, estimated: its operations divided by the operations per second of a training step that was measured here.',
})
export class PresetEstimate {
  @Field(() => Int, { description: 'Batch of the step.' })
  readonly batchSize: number;

  @Field(() => Float, { description: 'Seconds of a training step.' })
  readonly secondsPerStep: number;

  @Field(() => Float, { description: 'Seconds to predict one image.' })
  readonly secondsPerImage: number;

  @Field({ description: 'Preset whose step was measured.' })
  readonly measuredPreset: string;

  @Field(() => Int, { description: 'Batch of the measured step.' })
  readonly measuredBatchSize: number;

  @Field(() => Float, { description: 'Duration of the measured step in seconds: the median of some.' })
  readonly measuredSeconds: number;

  @Field(() => Float, { description: 'Operations per second of the measured step.' })
  readonly operationsPerSecond: number;
}

@ObjectType('PipelinePreset', { description: 'A pipeline with its recipe, under a name.' })
export class PipelinePresetType {
  @Field({ description: 'Name, for example q2l-r101-448.' })
  readonly name: string;

  @Field({ description: 'One sentence.' })
  readonly description: string;

  @Field(() => JSONObject, { description: 'Definition of the pipeline, as createPipeline takes it.' })
  readonly definition: Readonly<Record<string, unknown>>;

  @Field(() => JSONObject, { description: "What differs from the recipe's defaults, as startTrainingRun takes it." })
  readonly recipe: Readonly<Record<string, unknown>>;

  @Field(() => Int, { description: 'Labels that costs are counted for.' })
  readonly labelCount: number;

  @Field(() => PublishedResultType, { nullable: true, description: "The paper's figure; null if it has none." })
  readonly published: PublishedResultType | null;
}
