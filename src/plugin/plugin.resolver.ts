import { Args, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { ComponentKind } from '@query2label/sdk';
import { ConnectionArguments, type Page, pageOf } from '../common/graphql/index.js';
import { ComponentRegistry } from './component-registry.js';
import { ComponentConnection, ComponentKindEnum, ComponentType, PluginConnection, PluginType } from './plugin.types.js';

@Resolver(() => PluginType)
export class PluginResolver {
  constructor(private readonly registry: ComponentRegistry) {}

  @Query(() => PluginConnection, { description: 'The loaded plugins.' })
  plugins(@Args() page: ConnectionArguments): Page<PluginType> {
    return pageOf(this.registry.plugins, page, ({ name }) => name);
  }

  @Query(() => ComponentConnection, { description: 'The components that pipelines and training recipes can name.' })
  components(
    @Args('kind', {
      type: () => ComponentKindEnum,
      nullable: true,
      description: 'Only components of this kind; left out: all.',
    })
    kind: ComponentKind | undefined,
    @Args() page: ConnectionArguments,
  ): Page<ComponentType> {
    return pageOf(this.registry.list(kind ?? undefined), page, (component) => `${component.kind} ${component.name}`);
  }

  @ResolveField('components', () => [ComponentType], { description: 'What it contributes.' })
  componentsOf(@Parent() plugin: PluginType): readonly ComponentType[] {
    return this.registry.list().filter((component) => component.plugin.name === plugin.name);
  }
}
