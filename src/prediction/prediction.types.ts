import { Field, Float, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Checkpoint } from '../checkpoint/checkpoint.entity.js';
import { DamagedCheckpoint } from '../checkpoint/damaged-checkpoint.js';
import { InvalidInput, NotFound, resultUnion, UserError } from '../common/graphql/index.js';
import { createUnionType } from '@nestjs/graphql';
import type { AttentionPicture } from './serving/attention-store.js';

@InputType({ isOneOf: true, description: 'A picture: one of the two.' })
export class PredictImageInput {
  @Field(() => ID, { nullable: true, description: 'Id of an upload (POST /images) or of an image of a dataset.' })
  imageId?: string;

  @Field(() => String, { nullable: true, description: 'Bytes of a JPEG, PNG or WebP file as base64, or a data URL.' })
  base64?: string;
}

@InputType({ description: 'Which attention maps to answer.' })
export class AttentionInput {
  @Field(() => Int, { nullable: true, description: 'Decoder layer from 0; default the last one.' })
  layer?: number | null;

  @Field({ defaultValue: false, description: 'The mean of all decoder layers. Only without layer.' })
  averageLayers: boolean;

  @Field(() => Int, { nullable: true, description: 'Attention head from 0; default the mean of all heads.' })
  head?: number | null;

  @Field(() => Int, {
    defaultValue: 5,
    description: 'Maps for at most so many labels of each image, those of the highest scores.',
  })
  labels: number;
}

@InputType({ description: 'What to answer of each picture.' })
export class PredictOptionsInput {
  @Field(() => Float, {
    nullable: true,
    description: 'Decision threshold for all labels; default those of the checkpoint.',
  })
  threshold?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'At most so many labels, those of the highest scores; default all.',
  })
  top?: number | null;

  @Field(() => Float, { defaultValue: 0, description: 'Only labels whose score is not below this.' })
  minimumScore: number;

  @Field(() => AttentionInput, { nullable: true, description: 'Where the model looks; left out: no maps.' })
  attention?: AttentionInput | null;
}

@InputType({ description: 'Pictures to ask a checkpoint about.' })
export class PredictInput {
  @Field({ description: 'Id of a checkpoint, or an alias such as production.' })
  checkpoint: string;

  @Field(() => [PredictImageInput], { description: 'At least one; the configuration bounds their number.' })
  images: PredictImageInput[];

  @Field(() => PredictOptionsInput, { nullable: true, description: 'What to answer of each picture.' })
  options?: PredictOptionsInput | null;
}

@ObjectType({ description: 'Where the decoder looked for one label: its cross-attention.' })
export class AttentionMap {
  @Field(() => Int, {
    nullable: true,
    description: 'Decoder layer from 0; null for the last one, or for the mean of all.',
  })
  readonly layer: number | null;

  @Field(() => Int, { nullable: true, description: 'Attention head from 0; null for the mean of all.' })
  readonly head: number | null;

  @Field(() => Int, { description: 'Cells from top to bottom.' })
  readonly rows: number;

  @Field(() => Int, { description: 'Cells from left to right.' })
  readonly columns: number;

  @Field(() => [[Float]], { description: 'Share of the attention in each cell, by row; all together 1.' })
  readonly values: number[][];

  readonly picture: AttentionPicture;
  readonly labelIndex: number;
}

@ObjectType({ description: 'What the model says of one label.' })
export class LabelScore {
  @Field({ description: 'Name of the label.' })
  readonly label: string;

  @Field(() => Int, { description: 'Its place in the labels of the checkpoint.' })
  readonly index: number;

  @Field(() => Float, { description: 'Probability from 0 to 1.' })
  readonly score: number;

  @Field(() => Float, { description: 'The label is present where the score is not below this.' })
  readonly threshold: number;

  @Field({ description: 'Whether the label is present.' })
  readonly decision: boolean;

  @Field(() => AttentionMap, { nullable: true, description: 'Null if it was not asked for, or for lesser labels.' })
  readonly attention: AttentionMap | null;
}

@ObjectType({ description: 'Where the time of one picture went, in milliseconds.' })
export class PredictionTimings {
  @Field(() => Float, { description: 'Reading, decoding and resizing the picture.' })
  readonly decode: number;

  @Field(() => Float, { description: 'Waiting for its batch.' })
  readonly queue: number;

  @Field(() => Float, { description: 'Computing the batch that it was part of.' })
  readonly compute: number;
}

@ObjectType({ description: 'What the model says of one picture.' })
export class Prediction {
  @Field(() => Int, { description: 'Place of the picture in the request, from 0.' })
  readonly index: number;

  @Field(() => Int, { description: 'Width of the picture in pixels, orientation applied.' })
  readonly width: number;

  @Field(() => Int, { description: 'Height of the picture in pixels, orientation applied.' })
  readonly height: number;

  @Field(() => [LabelScore], { description: 'Labels by falling score.' })
  readonly labels: LabelScore[];

  @Field(() => PredictionTimings, { description: 'Where the time went.' })
  readonly timings: PredictionTimings;
}

@ObjectType({ implements: () => UserError, description: 'A picture that could not be predicted; the others were.' })
export class PredictionFailure extends UserError {
  @Field(() => Int, { description: 'Place of the picture in the request, from 0.' })
  readonly index: number;

  constructor(index: number, error: { readonly code: string; readonly message: string; readonly help?: string }) {
    super(error);
    this.index = index;
  }
}

export const PredictionResult = createUnionType({
  name: 'PredictionResult',
  description: 'What became of one picture.',
  types: () => [Prediction, PredictionFailure] as const,
  resolveType: (value: object) => (value instanceof PredictionFailure ? PredictionFailure : Prediction),
});

@ObjectType({ description: 'Answers for all pictures of a request.' })
export class PredictionBatch {
  @Field(() => Checkpoint, { description: 'The checkpoint that answered.' })
  readonly checkpoint: Checkpoint;

  @Field(() => String, {
    nullable: true,
    description:
      'Why another checkpoint answered than the one asked for, or in other numbers than it is to predict in.',
  })
  readonly notice: string | null;

  @Field(() => [PredictionResult], { description: 'One per picture, in the order of the request.' })
  readonly results: (Prediction | PredictionFailure)[];
}

@ObjectType({ implements: () => UserError, description: 'More is waiting than the server takes; try again.' })
export class PredictionOverloaded extends UserError {}

@ObjectType({
  implements: () => UserError,
  description: 'The prediction processes cannot do it now; the code says why.',
})
export class PredictionUnavailable extends UserError {}

export const PredictResult = resultUnion('PredictResult', [
  PredictionBatch,
  NotFound,
  InvalidInput,
  DamagedCheckpoint,
  PredictionOverloaded,
  PredictionUnavailable,
]);
