import { Field, Int, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { EngineDescriptionService } from './engine-description.service.js';

@ObjectType('Engine', { description: 'What runs the compute of training and prediction.' })
export class EngineType {
  @Field({ description: 'onnxruntime, tensorflow or reference.' })
  readonly name: string;

  @Field({ description: 'Version of the library behind it.' })
  readonly version: string;

  @Field({ description: 'cpu, webgpu or cuda.' })
  readonly device: string;

  @Field(() => Int, { description: 'Threads within one operation.' })
  readonly threads: number;
}

@Resolver(() => EngineType)
export class EngineResolver {
  constructor(private readonly engine: EngineDescriptionService) {}

  @Query(() => EngineType, {
    name: 'engine',
    description: 'What runs the compute, as the workers of this server use it.',
  })
  describe(): Promise<EngineType> {
    return this.engine.describe();
  }
}
