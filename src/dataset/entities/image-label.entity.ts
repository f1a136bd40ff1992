import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { Image } from './image.entity.js';

/** One cell of the truth that is not "absent": absent labels have no row. */
@Entity('image_label')
@Index('image_label_label', ['labelIndex', 'imageId'])
export class ImageLabel {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  imageId: string;

  @ManyToOne(() => Image, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'imageId' })
  image: Relation<Image>;

  @PrimaryColumn({ type: 'int' })
  labelIndex: number;

  /** 1 present, -1 unknown. */
  @Column({ type: 'int' })
  value: number;
}
