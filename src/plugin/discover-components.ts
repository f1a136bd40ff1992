import type { DiscoveryService } from '@nestjs/core';
import {
  checkProvider,
  COMPONENT_DECORATORS,
  COMPONENT_KINDS,
  type ComponentKind,
  componentMetadataOf,
  optionsJsonSchema,
  PluginDefinitionError,
  pluginMetadataOf,
} from '@query2label/sdk';
import { describe, type LoadedPlugin } from './load-plugins.js';
import type { RegisteredComponent } from './registered-component.js';

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

/**
 * Finds the decorated providers of all modules and checks them.
 * @throws PluginDefinitionError: no plugin around it, a missing method, two of one kind and name, a plugin without any
 */
export function discoverComponents(
  discovery: DiscoveryService,
  plugins: readonly LoadedPlugin[],
): readonly RegisteredComponent[] {
  const components: RegisteredComponent[] = [];
  for (const kind of COMPONENT_KINDS) {
    for (const wrapper of discovery.getProviders({ metadataKey: COMPONENT_DECORATORS[kind].KEY })) {
      const component = register(kind, wrapper);
      const other = components.find(({ kind, name }) => kind === component.kind && name === component.name);
      if (other !== undefined) throw sameNameTwice(other, component, plugins);
      components.push(component);
    }
  }
  const idle = plugins.find(({ metadata }) => !components.some(({ plugin }) => plugin.name === metadata.name));
  if (idle !== undefined) {
    throw new PluginDefinitionError(
      `${describe(idle.package)} contributes no component. List its decorated classes as providers of the plugin; if ` +
        'they are, it brings its own copy of @query2label/sdk: make that a peer dependency and install again.',
    );
  }
  return components;
}

function register(kind: ComponentKind, { metatype, instance, host }: Wrapper): RegisteredComponent {
  const declared = typeof metatype === 'function' ? componentMetadataOf(metatype) : undefined;
  const plugin = host === undefined ? undefined : pluginMetadataOf(host.metatype);
  if (declared === undefined || plugin === undefined) {
    throw new PluginDefinitionError(
      `The ${kind} class ${metatype?.name ?? '(unknown)'} is a provider of ${host?.name ?? 'an unknown module'}, ` +
        'which is not a plugin. Move it to a module with @Query2LabelPlugin(...).',
    );
  }
  const provider: unknown = instance;
  checkProvider(kind, declared.name, provider);
  return {
    kind,
    name: declared.name,
    description: declared.description,
    plugin,
    options: declared.options,
    optionSchema: optionsJsonSchema(declared.options),
    provider,
  };
}

function sameNameTwice(
  first: RegisteredComponent,
  second: RegisteredComponent,
  plugins: readonly LoadedPlugin[],
): PluginDefinitionError {
  const side = ({ plugin }: RegisteredComponent): string => {
    const loaded = plugins.find(({ metadata }) => metadata.name === plugin.name);
    return `plugin "${plugin.name}" ${plugin.version}${loaded === undefined ? '' : ` (${loaded.package.folder})`}`;
  };
  return new PluginDefinitionError(
    `Two components are the ${first.kind} "${first.name}": one of ${side(first)}, one of ${side(second)}. ` +
      'Rename one of them, or remove one plugin from the configuration.',
  );
}
