import { Column, Entity, PrimaryColumn } from 'typeorm';
import { JsonColumn, TimestampColumn } from '../../../database/index.js';

/** A worker process of the embedded queue, as it was last seen. */
@Entity('training_worker')
export class TrainingWorker {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  id: string;

  @JsonColumn()
  labels: string[];

  @Column({ type: 'int' })
  concurrency: number;

  @TimestampColumn()
  seenAt: Date;
}
