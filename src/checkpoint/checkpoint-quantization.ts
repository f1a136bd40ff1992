import { Field, Float, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { Quantization } from '@query2label/engine';

export enum CheckpointPrecision {
  FLOAT32 = 'FLOAT32',
  INT8 = 'INT8',
}

registerEnumType(CheckpointPrecision, {
  name: 'CheckpointPrecision',
  description: 'Numbers in which a checkpoint predicts.',
  valuesMap: {
    FLOAT32: { description: 'As it was trained.' },
    INT8: { description: 'Convolutions and matrix products in 8 bits, as quantizeCheckpoint found them.' },
  },
});

@ObjectType({ description: 'How a checkpoint computes in 8 bits, and what that costs.' })
export class CheckpointQuantization {
  @Field(() => ID, { description: 'Dataset that it was calibrated and measured on.' })
  readonly dataset: string;

  @Field({ description: 'Split of the calibration pictures.' })
  readonly calibrationSplit: string;

  @Field(() => Int, { description: 'Pictures that the ranges of activations were found on.' })
  readonly calibrationImages: number;

  @Field({ description: 'Rule of the ranges that measured best: extremes or mean-extremes.' })
  readonly rule: string;

  @Field({ description: 'Split that both figures were measured on.' })
  readonly split: string;

  @Field({ description: 'Protocol of both figures.' })
  readonly metric: string;

  @Field(() => Float, { description: 'In float32.' })
  readonly float32: number;

  @Field(() => Float, { description: 'In 8 bits.' })
  readonly int8: number;

  /** For the engine; not shown. */
  readonly engine: Quantization;
}
