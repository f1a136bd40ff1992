import { Field, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Column, Entity, Index } from 'typeorm';
import { DateTime, JSONObject } from '../../common/graphql/index.js';
import { IdColumn, JsonColumn, TimestampColumn, WordColumn } from '../../database/index.js';
import type { Stratification } from '../stratification/stratification.js';
import { ImportReport } from '../report/import-report.js';

export enum DatasetStatus {
  IMPORTING = 'IMPORTING',
  READY = 'READY',
  FAILED = 'FAILED',
}

registerEnumType(DatasetStatus, {
  name: 'DatasetStatus',
  description: 'How far the import of a dataset is.',
  valuesMap: {
    IMPORTING: { description: 'Being imported, or the import was interrupted; import again to go on.' },
    READY: { description: 'Imported; can be trained on.' },
    FAILED: { description: 'The import ended with an error; see problem, mend it and import again.' },
  },
});

/** Labelled images, imported from a folder that the operator allowed. */
@Entity('dataset')
@Index('dataset_name', ['name'], { unique: true })
@ObjectType({ description: 'Labelled images in splits, imported from a folder that the operator allowed.' })
export class Dataset {
  @IdColumn()
  @Field(() => ID, { description: 'Identifier, ordered by time of creation.' })
  id: string;

  @Column({ type: 'varchar', length: 200 })
  @Field({ description: 'Unique name.' })
  name: string;

  @WordColumn()
  @Field({ description: 'Name of the importer component that read the annotations.' })
  importer: string;

  @JsonColumn()
  @Field(() => JSONObject, { description: 'Options of the importer, defaults filled in.' })
  importerOptions: Readonly<Record<string, unknown>>;

  @WordColumn()
  @Field({ description: 'Name of the import folder in the configuration of the server.' })
  folder: string;

  @Column({ type: 'varchar', length: 1024 })
  @Field({ description: 'Folder below the import folder; empty for the import folder itself.' })
  path: string;

  @JsonColumn({ nullable: true })
  @Field(() => JSONObject, {
    nullable: true,
    description: 'How images without splits were dealt out: parts and seed; null if the annotations give the splits.',
  })
  stratification: Stratification | null;

  @WordColumn()
  @Field(() => DatasetStatus, { description: 'How far the import is.' })
  status: DatasetStatus;

  @Column({ type: 'text', nullable: true })
  @Field(() => String, { nullable: true, description: 'Why the import failed.' })
  problem: string | null;

  @JsonColumn({ nullable: true })
  @Field(() => ImportReport, { nullable: true, description: 'What the last finished import found.' })
  report: ImportReport | null;

  @Column({ type: 'varchar', length: 64, nullable: true })
  @Field(() => String, {
    nullable: true,
    description: 'SHA-256 over labels, splits, paths, image contents and truth: equal for equal content.',
  })
  contentHash: string | null;

  @Column({ type: 'int' })
  @Field(() => Int, { description: 'Images that can be read, over all splits.' })
  imageCount: number;

  /** Counts imports, so that entries which the newest one did not list can be told. */
  @Column({ type: 'int' })
  generation: number;

  @TimestampColumn()
  @Field(() => DateTime, { description: 'When it was first imported.' })
  createdAt: Date;

  @TimestampColumn()
  @Field(() => DateTime, { description: 'When its last import began or ended.' })
  updatedAt: Date;
}
