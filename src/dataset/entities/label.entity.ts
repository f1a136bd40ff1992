import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { Column, Entity, Index, JoinColumn, ManyToOne, type Relation } from 'typeorm';
import { IdColumn, ReferenceColumn } from '../../database/index.js';
import { Dataset } from './dataset.entity.js';

/** A label of a dataset: one column of the truth and of a model's output. */
@Entity('label')
@Index('label_dataset_index', ['datasetId', 'index'], { unique: true })
@Index('label_dataset_name', ['datasetId', 'name'], { unique: true })
@ObjectType({ description: 'A label of a dataset: one column of the truth and one output of a model.' })
export class Label {
  @IdColumn()
  @Field(() => ID, { description: 'Identifier, ordered by time of creation.' })
  id: string;

  @ReferenceColumn()
  datasetId: string;

  @ManyToOne(() => Dataset, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'datasetId' })
  dataset: Relation<Dataset>;

  @Column({ type: 'int' })
  @Field(() => Int, { description: 'Column of the label, from 0, in the order of the annotations.' })
  index: number;

  @Column({ type: 'varchar', length: 255 })
  @Field({ description: 'Name, unique in the dataset.' })
  name: string;

  @Column({ type: 'varchar', length: 255, nullable: true })
  @Field(() => String, {
    nullable: true,
    description: 'Identifier in the annotations, for example a COCO category id.',
  })
  externalId: string | null;
}
