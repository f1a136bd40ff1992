import { Field, Float, InputType, Int, ObjectType } from '@nestjs/graphql';
import { CheckpointPrecision } from '../../checkpoint/checkpoint-quantization.js';
import { Checkpoint } from '../../checkpoint/checkpoint.entity.js';
import { Conflict, NotFound, resultUnion, UserError } from '../../common/graphql/index.js';
import { CheckpointOnDatasetInput, SPLIT_ERRORS } from '../computed-on-split.js';
import type { QuantizationRefusedError } from './quantization-refused.error.js';

@InputType({ description: 'Which checkpoint is to predict in 8 bits, and the pictures that say how.' })
export class QuantizeCheckpointInput extends CheckpointOnDatasetInput {
  @Field({ defaultValue: 'train', description: 'Split that the ranges of activations are found on.' })
  calibrationSplit: string;

  @Field(() => Int, { defaultValue: 64, description: 'Pictures that they are found on, 1 to 10,000, drawn at random.' })
  images: number;

  @Field({ defaultValue: 'validation', description: 'Split that float32 and 8 bits are measured on.' })
  split: string;

  @Field(() => Float, {
    defaultValue: 0.005,
    description: 'Refused if voc-all-point falls by more than this, 0 to 1.',
  })
  mostLost: number;
}

@InputType({ description: 'In which numbers a checkpoint is to predict.' })
export class SetPrecisionInput {
  @Field({ description: 'Id of a checkpoint, or an alias.' })
  checkpoint: string;

  @Field(() => CheckpointPrecision, { description: 'INT8 only after quantizeCheckpoint.' })
  precision: CheckpointPrecision;
}

@ObjectType({ implements: () => UserError, description: '8 bits cost too much; the checkpoint stays as it was.' })
export class QuantizationRefused extends UserError {
  @Field({ description: 'Protocol of both figures.' })
  readonly metric: string;

  @Field(() => Float, { description: 'In float32.' })
  readonly float32: number;

  @Field(() => Float, { description: 'In 8 bits, by the better rule.' })
  readonly int8: number;

  constructor(error: QuantizationRefusedError) {
    super(error);
    const { metric, float32, int8 } = error.measured;
    this.metric = metric;
    this.float32 = float32;
    this.int8 = int8;
  }
}

export const QuantizeCheckpointResult = resultUnion('QuantizeCheckpointResult', [
  Checkpoint,
  QuantizationRefused,
  ...SPLIT_ERRORS,
]);
export const SetPrecisionResult = resultUnion('SetPrecisionResult', [Checkpoint, NotFound, Conflict]);
