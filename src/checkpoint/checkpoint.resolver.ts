import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  ConnectionArguments,
  DataLoaderRegistry,
  expectErrors,
  Loaders,
  type Page,
  type UserError,
} from '../common/graphql/index.js';
import type { CheckpointAlias } from './checkpoint-alias.entity.js';
import { Checkpoint, CheckpointKind } from './checkpoint.entity.js';
import { CheckpointService } from './checkpoint.service.js';
import {
  CheckpointConnection,
  type DeletedCheckpoint,
  DeleteCheckpointResult,
  PromoteCheckpointInput,
  PromoteCheckpointResult,
} from './checkpoint.types.js';

@Resolver(() => Checkpoint)
export class CheckpointResolver {
  constructor(private readonly service: CheckpointService) {}

  @Query(() => CheckpointConnection, { description: 'Checkpoints, newest first.' })
  checkpoints(
    @Args() page: ConnectionArguments,
    @Args('runId', { type: () => ID, nullable: true, description: 'Only those of one run.' }) runId?: string,
    @Args('kind', { type: () => CheckpointKind, nullable: true, description: 'Only those of one kind.' })
    kind?: CheckpointKind,
  ): Promise<Page<Checkpoint>> {
    return this.service.page(page, { runId: runId ?? undefined, kind: kind ?? undefined });
  }

  @Query(() => Checkpoint, { description: 'One checkpoint by its id or by an alias.' })
  checkpoint(
    @Args('idOrAlias', { description: 'Id, or alias such as production.' }) idOrAlias: string,
  ): Promise<Checkpoint> {
    return this.service.resolve(idOrAlias);
  }

  @Mutation(() => PromoteCheckpointResult, { description: 'Lets an alias point at a checkpoint.' })
  promoteCheckpoint(
    @Args('input') { checkpointId, alias }: PromoteCheckpointInput,
  ): Promise<CheckpointAlias | UserError> {
    return expectErrors(() => this.service.promote(checkpointId, alias));
  }

  @Mutation(() => DeleteCheckpointResult, { description: 'Deletes a checkpoint; refused while an alias points at it.' })
  deleteCheckpoint(@Args('id', { type: () => ID }) id: string): Promise<DeletedCheckpoint | UserError> {
    return expectErrors(async () => {
      await this.service.delete(id);
      return { id };
    });
  }

  @ResolveField(() => [String], { description: 'Names that point at it.' })
  async aliases(@Parent() { id }: Checkpoint, @Loaders() loaders: DataLoaderRegistry): Promise<readonly string[]> {
    const loader = loaders.get('checkpoint.aliases', async (ids: readonly string[]) => {
      const aliases = await this.service.aliases(ids);
      return ids.map((wanted) => aliases.filter(({ checkpointId }) => checkpointId === wanted).map(({ name }) => name));
    });
    return loader.load(id);
  }

  @ResolveField(() => String, {
    description: 'Path of its parameters as a safetensors file under the official names, to be fetched with GET.',
  })
  parametersUrl(@Parent() { id }: Checkpoint): string {
    return `/checkpoints/${id}/parameters.safetensors`;
  }
}
