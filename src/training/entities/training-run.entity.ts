import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import { AfterLoad, Column, Entity, ForeignKey, Index } from 'typeorm';
import { DateTime, JSONObject } from '../../common/graphql/index.js';
import {
  IdColumn,
  JsonColumn,
  LargeIntegerColumn,
  ReferenceColumn,
  TimestampColumn,
  WordColumn,
} from '../../database/index.js';
import { type Recipe, recipeSchema } from '../recipe.js';
import { RunStatus } from '../run-status.js';
import { Dataset } from '../../dataset/entities/index.js';
import { Pipeline } from '../../pipeline/pipeline.entity.js';

/** One training of a pipeline on a dataset. Its row is the queue entry, too: state, lease and newest progress. */
@Entity('training_run')
@Index('training_run_status', ['status'])
@ObjectType({ description: 'One training of a pipeline on a dataset.' })
export class TrainingRun {
  @IdColumn()
  @Field(() => ID, { description: 'Identifier, ordered by time of creation.' })
  id: string;

  @ReferenceColumn()
  @ForeignKey(() => Pipeline)
  @Field(() => ID, { description: 'Pipeline that is trained.' })
  pipelineId: string;

  @ReferenceColumn()
  @ForeignKey(() => Dataset)
  @Field(() => ID, { description: 'Dataset that it is trained on.' })
  datasetId: string;

  @JsonColumn()
  @Field(() => JSONObject, { description: 'How it is trained, defaults filled in.' })
  recipe: Recipe;

  @WordColumn()
  @Field(() => RunStatus, { description: 'How far it is.' })
  status: RunStatus;

  /** What the worker is asked to do at its next step: `pause`, `cancel`. */
  @WordColumn({ nullable: true })
  requested: string | null;

  @ReferenceColumn({ nullable: true })
  leaseToken: string | null;

  /** How long the lease lasts after each renewal. */
  @Column({ type: 'int', nullable: true })
  leaseMilliseconds: number | null;

  /** Counts claims and renewals: as long as it counts up, the worker lives. */
  @Column({ type: 'int', default: 0 })
  leaseRenewals: number;

  @ReferenceColumn({ nullable: true })
  workerId: string | null;

  @Column({ type: 'int' })
  @Field(() => Int, { description: 'How often its worker died.' })
  interruptions: number;

  @TimestampColumn({ nullable: true })
  nextTryAt: Date | null;

  @Column({ type: 'text', nullable: true })
  @Field(() => String, {
    nullable: true,
    description: 'Why it failed, was interrupted, or rests without having been asked to.',
  })
  problem: string | null;

  @Column({ type: 'int' })
  @Field(() => Int, { description: 'Finished epochs.' })
  epoch: number;

  @LargeIntegerColumn()
  @Field(() => Int, { description: 'Optimizer steps done.' })
  step: number;

  @LargeIntegerColumn({ nullable: true })
  @Field(() => Int, {
    nullable: true,
    description: 'Optimizer steps of all epochs; known once a worker has opened the data.',
  })
  totalSteps: number | null;

  @Column({ type: 'double precision', nullable: true })
  @Field(() => Float, { nullable: true, description: 'Loss of the newest steps.' })
  loss: number | null;

  @Column({ type: 'double precision', nullable: true })
  @Field(() => Float, { nullable: true, description: 'Best value of the deciding metric on the validation split.' })
  bestMetric: number | null;

  /** Number of its newest event. */
  @LargeIntegerColumn()
  lastEvent: number;

  @TimestampColumn()
  @Field(() => DateTime, { description: 'When it was asked for.' })
  createdAt: Date;

  @TimestampColumn({ nullable: true })
  @Field(() => DateTime, { nullable: true, description: 'When a worker first took it.' })
  startedAt: Date | null;

  @TimestampColumn({ nullable: true })
  @Field(() => DateTime, { nullable: true, description: 'When it succeeded, failed or was cancelled.' })
  finishedAt: Date | null;

  /** A recipe of an earlier release lacks the options that came since. */
  @AfterLoad()
  protected completeRecipe(): void {
    const { recipe }: { recipe?: Recipe } = this;
    if (recipe !== undefined) this.recipe = recipeSchema.parse(recipe);
  }
}
