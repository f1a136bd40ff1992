import { Field, Float, Int, ObjectType } from '@nestjs/graphql';
import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { DateTime } from '../../common/graphql/index.js';
import { IdColumn, JsonColumn, ReferenceColumn, TimestampColumn, WordColumn } from '../../database/index.js';
import { TrainingRun } from './training-run.entity.js';

/** One figure of one epoch. */
@Entity('metric_point')
@Index('metric_point_run', ['runId', 'epoch', 'weights', 'name'], { unique: true })
@ObjectType({ description: 'One figure of one epoch, under the name of its protocol.' })
export class MetricPoint {
  @IdColumn()
  id: string;

  @ReferenceColumn()
  @ForeignKey(() => TrainingRun, { onDelete: 'CASCADE' })
  runId: string;

  @Column({ type: 'int' })
  @Field(() => Int, { description: 'Epoch, from 0.' })
  epoch: number;

  @Column({ type: 'int' })
  @Field(() => Int, { description: 'Optimizer steps done by then.' })
  step: number;

  @WordColumn()
  @Field({ description: 'raw or averaged parameters; training for figures of the training steps themselves.' })
  weights: string;

  @WordColumn()
  @Field({ description: 'Split that was evaluated.' })
  split: string;

  @WordColumn()
  @Field({ description: 'Protocol or figure, for example voc-all-point, loss, learning-rate, images-per-second.' })
  name: string;

  @Column({ type: 'double precision', nullable: true })
  @Field(() => Float, { nullable: true, description: 'Null where the protocol does not define it.' })
  value: number | null;

  @JsonColumn({ nullable: true })
  @Field(() => [Float], { nullable: 'itemsAndList', description: 'One value per label where the protocol has one.' })
  perLabel: (number | null)[] | null;

  @TimestampColumn()
  @Field(() => DateTime, { description: 'When it was recorded.' })
  at: Date;
}
