import { Field, Int, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { EngineDescriptionService } from './engine-description.service.js';

@ObjectType('ExecutionProvider', { description: 'What onnxruntime can compute on.' })
export class ExecutionProviderType {
  @Field({ description: 'cuda, webgpu or cpu.' })
  readonly name: string;

  @Field({ description: 'Whether programs run on it here, with the numbers of the CPU.' })
  readonly available: boolean;

  @Field({ description: 'What it is made of, or why it is not available and how to get it.' })
  readonly detail: string;
}

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

  @Field(() => [ExecutionProviderType], {
    description: 'In the order in which auto looks for them; empty for engines other than onnxruntime.',
  })
  readonly providers: ExecutionProviderType[];
}

@Resolver(() => EngineType)
export class EngineResolver {
  constructor(private readonly engine: EngineDescriptionService) {}

  @Query(() => EngineType, {
    name: 'engine',
    description:
      'What runs the compute, as a prediction process of this server reports it; the first query starts one.',
  })
  describe(): Promise<EngineType> {
    return this.engine.describe();
  }
}
