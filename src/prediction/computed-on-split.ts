import { Field, InputType } from '@nestjs/graphql';
import { DamagedCheckpoint } from '../checkpoint/damaged-checkpoint.js';
import { Conflict, InvalidInput, NotFound, UnreadableImage } from '../common/graphql/index.js';
import { PredictionOverloaded, PredictionUnavailable } from './prediction.types.js';

/** The pair of whatever a checkpoint computes on the images of a dataset. */
@InputType({ isAbstract: true })
export abstract class CheckpointOnDatasetInput {
  @Field({ description: 'Id of a checkpoint, or an alias.' })
  checkpoint: string;

  @Field({ description: 'Id of a dataset that has the labels of the checkpoint.' })
  dataset: string;
}

/** What the caller can mend when a checkpoint computes on the images of a split. */
export const SPLIT_ERRORS = [
  NotFound,
  InvalidInput,
  Conflict,
  UnreadableImage,
  DamagedCheckpoint,
  PredictionOverloaded,
  PredictionUnavailable,
] as const;
