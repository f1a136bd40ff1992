import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { Column, Entity, ForeignKey } from 'typeorm';
import { DateTime } from '../../common/graphql/index.js';
import { IdColumn, JsonColumn, ReferenceColumn, TimestampColumn } from '../../database/index.js';
import { Dataset } from '../../dataset/entities/index.js';
import type { AblationAxis } from './plan-cells.js';

/** A combination of settings and the runs that try it, one for each seed. */
export interface StoredCell {
  readonly settings: readonly unknown[];
  readonly runIds: readonly string[];
}

/** A grid of training runs that differ in some settings. The runs are ordinary ones: this row only says which belong together. */
@Entity('ablation')
@ObjectType({ description: 'A grid of training runs on one dataset that differ in some settings.' })
export class Ablation {
  @IdColumn()
  @Field(() => ID, { description: 'Identifier, ordered by time of creation.' })
  id: string;

  @Column({ type: 'varchar', length: 200 })
  @Field({ description: 'Name; its pipelines have it too.' })
  name: string;

  @ReferenceColumn()
  @ForeignKey(() => Dataset)
  @Field(() => ID, { description: 'Dataset that all its runs are trained on.' })
  datasetId: string;

  @JsonColumn()
  axes: readonly AblationAxis[];

  @JsonColumn()
  @Field(() => [Int], { description: 'Seeds that every combination is trained with.' })
  seeds: readonly number[];

  /** Name of the metric that decides. */
  @Column({ type: 'varchar', length: 64 })
  @Field({
    description: 'Metric of the figures: the first one of the recipe, at its best epoch on the validation split.',
  })
  metric: string;

  @JsonColumn()
  cells: readonly StoredCell[];

  @TimestampColumn()
  @Field(() => DateTime, { description: 'When it was started.' })
  createdAt: Date;
}
