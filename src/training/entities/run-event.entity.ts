import { Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { JsonColumn, TimestampColumn, WordColumn } from '../../database/index.js';
import { TrainingRun } from './training-run.entity.js';

export const RUN_EVENT_TYPES = ['progress', 'log', 'state', 'checkpoint'] as const;
export type RunEventType = (typeof RUN_EVENT_TYPES)[number];

/**
 * Something that subscribers want to know. Numbered from 1 within each run, without gaps, in the order of the commits; long after
 * the run's end its progress is forgotten (`ExpiredProgress`).
 */
@Entity('run_event')
export class RunEvent {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  @ForeignKey(() => TrainingRun, { onDelete: 'CASCADE' })
  runId: string;

  @PrimaryColumn({ type: 'integer' })
  sequence: number;

  @WordColumn()
  type: RunEventType;

  @JsonColumn()
  payload: Readonly<Record<string, unknown>>;

  @TimestampColumn()
  at: Date;
}
