import { Field, ObjectType } from '@nestjs/graphql';
import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { DateTime } from '../../common/graphql/index.js';
import { IdColumn, ReferenceColumn, TimestampColumn, WordColumn } from '../../database/index.js';
import { RunStatus } from '../run-status.js';
import { TrainingRun } from './training-run.entity.js';

/** One change of state of a run. */
@Entity('run_transition')
@Index('run_transition_run', ['runId', 'id'])
@ObjectType({ description: 'One change of state of a run.' })
export class RunTransition {
  @IdColumn()
  id: string;

  @ReferenceColumn()
  @ForeignKey(() => TrainingRun, { onDelete: 'CASCADE' })
  runId: string;

  /** Number of its event: the order of the transitions of a run, whatever the clocks say. */
  @Column({ type: 'int', default: 0 })
  sequence: number;

  @WordColumn({ nullable: true })
  @Field(() => RunStatus, { nullable: true, description: 'State before; null when the run was created.' })
  from: RunStatus | null;

  @WordColumn()
  @Field(() => RunStatus, { description: 'State after.' })
  to: RunStatus;

  @Column({ type: 'text' })
  @Field({ description: 'Why.' })
  cause: string;

  @ReferenceColumn({ nullable: true })
  @Field(() => String, { nullable: true, description: 'Worker that was involved.' })
  workerId: string | null;

  @TimestampColumn()
  @Field(() => DateTime, { description: 'When.' })
  at: Date;
}
