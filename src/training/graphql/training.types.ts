import { Field, Float, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import {
  Conflict,
  Connection,
  DateTime,
  InvalidInput,
  JSONObject,
  NotFound,
  registerUserError,
  resultUnion,
  UserError,
} from '../../common/graphql/index.js';
import { TrainingRun } from '../entities/index.js';
import { IllegalTransitionError } from '../illegal-transition.error.js';

@InputType({ description: 'What to train, on what, and how.' })
export class StartTrainingRunInput {
  @Field(() => ID, { description: 'Pipeline to train.' })
  pipelineId: string;

  @Field(() => ID, { description: 'Dataset to train on.' })
  datasetId: string;

  @Field(() => JSONObject, {
    nullable: true,
    description:
      'Only what differs from the defaults: epochs, batchSize, learningRate, optimizer, schedule, augmentations, averageDecay, precision, gradientClipNorm, freeze, seed, earlyStopping, metrics, evaluateEvery, splits, onUnreadable, checkpointEverySteps, checkpointEveryMinutes, keepLast, keepBest, keepEveryEpochs, resumeByItself, maximumTries, retryPauseSeconds, longestRetryPauseSeconds, workerLabels',
  })
  recipe?: Readonly<Record<string, unknown>>;
}

@ObjectType({ implements: () => UserError, description: 'The state of the run does not allow this.' })
export class IllegalTransition extends UserError {
  @Field(() => [String], { description: 'What its state allows.' })
  readonly allowed: readonly string[];

  constructor(error: IllegalTransitionError) {
    super(error);
    this.allowed = error.allowed;
  }
}
registerUserError(IllegalTransitionError, (error) => new IllegalTransition(error));

@ObjectType({ description: 'A page of training runs.' })
export class TrainingRunConnection extends Connection(TrainingRun) {}

@ObjectType({ description: 'Where a run stands after a step.' })
export class TrainingRunProgress {
  @Field(() => Int, { description: 'Number of the event; hand it to after to go on from here.' })
  eventId: number;

  @Field(() => Int, { description: 'Epoch, from 0.' })
  epoch: number;

  @Field(() => Int, { description: 'Epochs of the recipe.' })
  epochs: number;

  @Field(() => Int, { description: 'Optimizer steps done.' })
  step: number;

  @Field(() => Int, { description: 'Optimizer steps of all epochs.' })
  totalSteps: number;

  @Field(() => Float, { description: 'Training pictures per second, lately.' })
  imagesPerSecond: number;

  @Field(() => Float, {
    nullable: true,
    description:
      "Share of the step's pictures whose features were read from the cache, 0 to 1; null where features are not cached.",
  })
  featuresFromCache: number | null;

  @Field(() => Float, { description: 'Loss of the step.' })
  loss: number;

  @Field(() => Float, { description: 'Learning rate of the step.' })
  learningRate: number;

  @Field(() => Float, { nullable: true, description: 'Newest value of the deciding metric on the validation split.' })
  metric: number | null;

  @Field(() => Float, { description: 'Estimated seconds to the end.' })
  secondsLeft: number;

  @Field(() => DateTime, { description: 'When.' })
  at: Date;
}

@ObjectType({ description: 'A line of the log of a run: what its worker says, and changes of its state.' })
export class TrainingRunLogLine {
  @Field(() => Int, { description: 'Number of the event; hand it to after to go on from here.' })
  eventId: number;

  @Field({ description: 'info or warn.' })
  level: string;

  @Field({ description: 'What is said.' })
  message: string;

  @Field(() => DateTime, { description: 'When.' })
  at: Date;
}

const changes = [TrainingRun, NotFound, IllegalTransition] as const;
export const StartTrainingRunResult = resultUnion('StartTrainingRunResult', [
  TrainingRun,
  InvalidInput,
  NotFound,
  Conflict,
]);
export const PauseTrainingRunResult = resultUnion('PauseTrainingRunResult', changes);
export const ResumeTrainingRunResult = resultUnion('ResumeTrainingRunResult', [...changes, Conflict]);
export const CancelTrainingRunResult = resultUnion('CancelTrainingRunResult', changes);
