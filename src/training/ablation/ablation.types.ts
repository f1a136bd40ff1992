import { Field, Float, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Conflict, Connection, InvalidInput, JSONObject, NotFound, resultUnion } from '../../common/graphql/index.js';
import { TrainingRun } from '../entities/index.js';
import { Ablation } from './ablation.entity.js';

@InputType({ description: 'A grid over options of a pipeline and its recipe.' })
export class StartAblationInput {
  @Field({ description: 'Name of the ablation and of the pipelines that it makes.' })
  name: string;

  @Field(() => ID, { description: 'Dataset to train on.' })
  datasetId: string;

  @Field(() => String, { nullable: true, description: 'Preset to start from; its recipe is used, too.' })
  preset?: string | null;

  @Field(() => JSONObject, {
    nullable: true,
    description: 'Definition of the pipeline; with a preset, what differs from it.',
  })
  pipeline?: Readonly<Record<string, unknown>> | null;

  @Field(() => JSONObject, {
    nullable: true,
    description: "What differs from the default recipe; with a preset, from the preset's.",
  })
  recipe?: Readonly<Record<string, unknown>> | null;

  @Field(() => JSONObject, {
    description:
      'Lists of values by place: { "pipeline.decoder.options.encoderLayers": [0, 1, 2], "pipeline.loss": [{ "name": "asymmetric" }, { "name": "focal" }], "recipe.learningRate": [1e-4, 1e-3] }. Every combination is trained, at most 200.',
  })
  axes: Readonly<Record<string, unknown>>;

  @Field(() => [Int], { defaultValue: [0], description: 'Seeds: every combination is trained with each.' })
  seeds: number[];
}

@ObjectType({ description: 'A combination of settings with the runs that try it.' })
export class AblationCell {
  @Field(() => JSONObject, { description: 'Value of every axis, by its place.' })
  readonly settings: Readonly<Record<string, unknown>>;

  @Field(() => [TrainingRun], { description: 'One run for each seed.' })
  readonly runs: readonly TrainingRun[];

  @Field(() => Float, { nullable: true, description: 'Mean over the runs that have a value; null before.' })
  readonly mean: number | null;

  @Field(() => Float, { nullable: true, description: 'Sample standard deviation over them; null for fewer than two.' })
  readonly spread: number | null;
}

@ObjectType({ description: 'A page of ablations.' })
export class AblationConnection extends Connection(Ablation) {}

export const StartAblationResult = resultUnion('StartAblationResult', [Ablation, InvalidInput, NotFound, Conflict]);
export const CancelAblationResult = resultUnion('CancelAblationResult', [Ablation, NotFound]);
