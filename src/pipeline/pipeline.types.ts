import { Field, InputType, ObjectType } from '@nestjs/graphql';
import { Conflict, Connection, InvalidInput, JSONObject, NotFound, resultUnion } from '../common/graphql/index.js';
import { Pipeline } from './pipeline.entity.js';

@InputType({ description: 'A pipeline to be stored under a name; the same name again makes its next version.' })
export class CreatePipelineInput {
  @Field({ description: 'Name, for example q2l-resnet18.' })
  name: string;

  @Field(() => String, {
    nullable: true,
    description: 'Preset to start from, as listed by pipelinePresets; the definition then holds only what differs.',
  })
  preset?: string | null;

  @Field(() => JSONObject, {
    nullable: true,
    description:
      'Required without a preset: { backbone: { name, options, weights? }, decoder: { name, options }, loss: { name, options }, image: { size, normalization? }, freeze: [prefix] }',
  })
  definition?: Readonly<Record<string, unknown>> | null;
}

@ObjectType({ description: 'A page of pipelines.' })
export class PipelineConnection extends Connection(Pipeline) {}

export const CreatePipelineResult = resultUnion('CreatePipelineResult', [Pipeline, InvalidInput, NotFound, Conflict]);
