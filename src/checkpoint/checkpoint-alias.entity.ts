import { Field, ID, ObjectType } from '@nestjs/graphql';
import { Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { DateTime } from '../common/graphql/index.js';
import { ReferenceColumn, TimestampColumn } from '../database/index.js';
import { Checkpoint } from './checkpoint.entity.js';

/** A name that points at a checkpoint: `production` stays, what it means changes. */
@Entity('checkpoint_alias')
@Index('checkpoint_alias_checkpoint', ['checkpointId'])
@ObjectType({ description: 'A name that points at a checkpoint, for example production.' })
export class CheckpointAlias {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  @Field({ description: 'Unique name.' })
  name: string;

  @ReferenceColumn()
  @ForeignKey(() => Checkpoint)
  @Field(() => ID, { description: 'The checkpoint that it points at.' })
  checkpointId: string;

  @TimestampColumn()
  @Field(() => DateTime, { description: 'When it was last moved.' })
  updatedAt: Date;
}
