import { Field, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Column, Entity, Index, JoinColumn, ManyToOne, type Relation } from 'typeorm';
import { IdColumn, LargeIntegerColumn, ReferenceColumn, WordColumn } from '../../database/index.js';
import type { ImageFormat } from '../image/image-format.js';
import { Dataset } from './dataset.entity.js';

export enum ImageState {
  PENDING = 'PENDING',
  READY = 'READY',
  MISSING = 'MISSING',
  UNREADABLE = 'UNREADABLE',
}

registerEnumType(ImageState, {
  name: 'ImageState',
  description: 'Whether the file of an image can be used.',
  valuesMap: {
    PENDING: { description: 'Listed by the annotations, file not looked at yet.' },
    READY: { description: 'Stored and checked to its last row.' },
    MISSING: { description: 'The annotations list it, but there is no such file.' },
    UNREADABLE: { description: 'The file is cut, corrupt, too large or of a format that is not accepted.' },
  },
});

/** One entry of a split: a file, found once by its path, and the truth about it. */
@Entity('image')
@Index('image_dataset_split_path', ['datasetId', 'split', 'path'], { unique: true })
@Index('image_dataset_split_position', ['datasetId', 'split', 'position'])
@Index('image_dataset_state', ['datasetId', 'state'])
@Index('image_sha256', ['sha256'])
@ObjectType({ description: 'An image of a split of a dataset.' })
export class Image {
  @IdColumn()
  @Field(() => ID, { description: 'Identifier, ordered by time of creation.' })
  id: string;

  @ReferenceColumn()
  datasetId: string;

  @ManyToOne(() => Dataset, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'datasetId' })
  dataset: Relation<Dataset>;

  @WordColumn()
  split: string;

  @Column({ type: 'varchar', length: 1024 })
  @Field({ description: 'Path of the file as the annotations name it, below the imported folder.' })
  path: string;

  /** Order of the annotations within the whole dataset. */
  @Column({ type: 'int' })
  position: number;

  /** How often the annotations list it in its split. */
  @Column({ type: 'int' })
  listings: number;

  @WordColumn()
  @Field(() => ImageState, { description: 'Whether the file can be used.' })
  state: ImageState;

  @Column({ type: 'text', nullable: true })
  @Field(() => String, { nullable: true, description: 'Why the file cannot be used.' })
  problem: string | null;

  @Column({ type: 'varchar', length: 64, nullable: true })
  @Field(() => String, { nullable: true, description: 'SHA-256 of the file, lower-case hexadecimal.' })
  sha256: string | null;

  @WordColumn({ nullable: true })
  @Field(() => String, { nullable: true, description: 'jpeg, png or webp, told by the content.' })
  format: ImageFormat | null;

  @Column({ type: 'int', nullable: true })
  @Field(() => Int, { nullable: true, description: 'Width in pixels, EXIF orientation applied.' })
  width: number | null;

  @Column({ type: 'int', nullable: true })
  @Field(() => Int, { nullable: true, description: 'Height in pixels, EXIF orientation applied.' })
  height: number | null;

  @LargeIntegerColumn({ nullable: true })
  @Field(() => Int, { nullable: true, description: 'Size of the file in bytes.' })
  bytes: number | null;

  @Column({ type: 'varchar', length: 255, nullable: true })
  @Field(() => String, { nullable: true, description: 'Identifier in the annotations, for example a COCO image id.' })
  externalId: string | null;

  /** The import that listed it last. */
  @Column({ type: 'int' })
  generation: number;
}
