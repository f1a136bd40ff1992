import { Field, Int, ObjectType } from '@nestjs/graphql';
import { Column, Entity, Index } from 'typeorm';
import { DateTime, JSONObject } from '../common/graphql/index.js';
import { IdColumn, JsonColumn, TimestampColumn } from '../database/index.js';
import type { PipelineDefinition } from './pipeline-definition.js';

/** A named definition. It never changes: another definition under the same name is its next version. */
@Entity('pipeline')
@Index('pipeline_name_version', ['name', 'version'], { unique: true })
@ObjectType({
  description: 'Backbone, decoder and loss with their options, under a name and a version. It never changes.',
})
export class Pipeline {
  @IdColumn()
  @Field({ description: 'Identifier, ordered by time of creation.' })
  id: string;

  @Column({ type: 'varchar', length: 200 })
  @Field({ description: 'Name; versions of one pipeline share it.' })
  name: string;

  @Column({ type: 'int' })
  @Field(() => Int, { description: 'Counts from 1 for each name.' })
  version: number;

  @JsonColumn()
  @Field(() => JSONObject, {
    description: 'Components, options (defaults filled in), image size, weights and frozen prefixes.',
  })
  definition: PipelineDefinition;

  @Column({ type: 'varchar', length: 64 })
  @Field({ description: 'SHA-256 of the definition: equal for equal definitions.' })
  hash: string;

  @TimestampColumn()
  @Field(() => DateTime, { description: 'When it was created.' })
  createdAt: Date;
}
