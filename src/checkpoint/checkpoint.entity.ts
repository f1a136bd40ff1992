import { Field, Float, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Column, Entity, Index } from 'typeorm';
import { DateTime } from '../common/graphql/index.js';
import {
  IdColumn,
  JsonColumn,
  LargeIntegerColumn,
  ReferenceColumn,
  TimestampColumn,
  WordColumn,
} from '../database/index.js';
import { CheckpointMetric } from './checkpoint-metric.js';
import { CheckpointPrecision, CheckpointQuantization } from './checkpoint-quantization.js';

export enum CheckpointKind {
  LAST = 'LAST',
  BEST = 'BEST',
  IMPORTED = 'IMPORTED',
}

registerEnumType(CheckpointKind, {
  name: 'CheckpointKind',
  description: 'Why a checkpoint was kept.',
  valuesMap: {
    LAST: { description: 'The newest state of a run: training goes on from here.' },
    BEST: { description: 'The parameters with the best metric of a run.' },
    IMPORTED: { description: 'Came from a file.' },
  },
});

export enum CheckpointStatus {
  READY = 'READY',
  MISSING = 'MISSING',
  DELETING = 'DELETING',
}

registerEnumType(CheckpointStatus, {
  name: 'CheckpointStatus',
  description: 'Whether the files of a checkpoint are there.',
  valuesMap: {
    READY: { description: 'Whole when it was last looked at.' },
    MISSING: { description: 'Its folder, or a file of it, is gone; it is READY again when they are back.' },
    DELETING: { description: 'Marked for deletion; its files are being removed.' },
  },
});

/** The record of a checkpoint folder. It is written after the folder is whole and on the disk. */
@Entity('checkpoint')
@Index('checkpoint_run', ['runId', 'kind'])
@ObjectType({ description: 'Parameters of a pipeline together with all that is needed to predict with them.' })
export class Checkpoint {
  @IdColumn()
  @Field({ description: 'Identifier, ordered by time of creation; also the name of its folder.' })
  id: string;

  @ReferenceColumn({ nullable: true })
  @Field(() => String, { nullable: true, description: 'The run that wrote it.' })
  runId: string | null;

  @ReferenceColumn({ nullable: true })
  pipelineId: string | null;

  @ReferenceColumn({ nullable: true })
  datasetId: string | null;

  @WordColumn()
  @Field(() => CheckpointKind, { description: 'Why it was kept.' })
  kind: CheckpointKind;

  @WordColumn()
  @Field(() => CheckpointStatus, { description: 'Whether its files are there.' })
  status: CheckpointStatus;

  @Column({ type: 'int' })
  @Field(() => Int, { description: 'Finished epochs.' })
  epoch: number;

  @Column({ type: 'int' })
  @Field(() => Int, { description: 'Optimizer steps done.' })
  step: number;

  @JsonColumn()
  @Field(() => [String], { description: 'Names of the labels by index.' })
  labels: string[];

  @JsonColumn()
  @Field(() => [Float], { description: 'Decision threshold of each label.' })
  thresholds: number[];

  @WordColumn()
  @Field({ description: 'Which parameters predict: raw or averaged.' })
  predicts: string;

  @JsonColumn()
  @Field(() => [CheckpointMetric], { description: 'Metrics of the parameters that predict, by protocol.' })
  metrics: CheckpointMetric[];

  @WordColumn({ nullable: true })
  @Field(() => CheckpointPrecision, {
    nullable: true,
    description: 'Numbers in which it predicts; null for FLOAT32.',
  })
  precision: CheckpointPrecision | null;

  @JsonColumn({ nullable: true })
  @Field(() => CheckpointQuantization, {
    nullable: true,
    description: 'How it computes in 8 bits, once that was found; null before.',
  })
  quantization: CheckpointQuantization | null;

  @LargeIntegerColumn()
  @Field(() => Float, { description: 'Size of its folder in bytes.' })
  bytes: number;

  @Column({ type: 'varchar', length: 64 })
  @Field({ description: 'SHA-256 of its manifest, which holds those of all its files.' })
  manifestSha256: string;

  @TimestampColumn()
  @Field(() => DateTime, { description: 'When it was written.' })
  createdAt: Date;
}
