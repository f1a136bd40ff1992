import { Column, Entity, Index } from 'typeorm';
import { IdColumn, LargeIntegerColumn, TimestampColumn, WordColumn } from '../../database/index.js';
import type { ImageFormat } from '../image/image-format.js';

/** An image that a client sent to be predicted. */
@Entity('upload')
@Index('upload_sha256', ['sha256'])
export class Upload {
  @IdColumn()
  id: string;

  @Column({ type: 'varchar', length: 64 })
  sha256: string;

  @WordColumn()
  format: ImageFormat;

  /** In pixels, EXIF orientation applied. */
  @Column({ type: 'int' })
  width: number;

  /** In pixels, EXIF orientation applied. */
  @Column({ type: 'int' })
  height: number;

  @LargeIntegerColumn()
  bytes: number;

  @TimestampColumn()
  createdAt: Date;
}
