import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { ConnectionArguments, expectErrors, type Page, type UserError } from '../common/graphql/index.js';
import { Pipeline } from './pipeline.entity.js';
import { PipelineService } from './pipeline.service.js';
import { CreatePipelineInput, CreatePipelineResult, PipelineConnection } from './pipeline.types.js';

@Resolver(() => Pipeline)
export class PipelineResolver {
  constructor(private readonly service: PipelineService) {}

  @Query(() => PipelineConnection, { description: 'Stored pipelines, newest first.' })
  pipelines(
    @Args() page: ConnectionArguments,
    @Args('name', { type: () => String, nullable: true, description: 'Only versions of this name.' }) name?: string,
  ): Promise<Page<Pipeline>> {
    return this.service.page(page, name ?? undefined);
  }

  @Query(() => Pipeline, { description: 'One pipeline by its id.' })
  pipeline(@Args('id', { type: () => ID }) id: string): Promise<Pipeline> {
    return this.service.get(id);
  }

  @Mutation(() => CreatePipelineResult, {
    description: 'Checks a definition by building its parts, and stores it. An equal definition is not stored twice.',
  })
  createPipeline(@Args('input') input: CreatePipelineInput): Promise<Pipeline | UserError> {
    return expectErrors(() => this.service.create(input));
  }
}
