import { pathToFileURL } from 'node:url';
import type { DynamicModule, Type } from '@nestjs/common';
import {
  checkPluginCompatibility,
  PluginDefinitionError,
  pluginMetadataOf,
  type PluginMetadata,
} from '@query2label/sdk';
import { isRecord } from '../common/guards.js';
import type { PluginPackage } from './plugin-package.js';

/** A plugin whose module is loaded and whose declaration was checked. */
export interface LoadedPlugin {
  readonly metadata: PluginMetadata;
  readonly package: PluginPackage;
  /** The class that carries `@Query2LabelPlugin`. */
  readonly moduleClass: Type;
  /** What Nest imports. */
  readonly nestModule: Type | DynamicModule;
}

/**
 * Imports the packages and checks what they declare.
 * @throws PluginDefinitionError naming both sides: a package without a plugin, one for another SDK, two of one name
 */
export async function loadPlugins(packages: readonly PluginPackage[]): Promise<readonly LoadedPlugin[]> {
  const plugins: LoadedPlugin[] = [];
  for (const pluginPackage of packages) {
    const plugin = await loadPlugin(pluginPackage);
    const other = plugins.find(({ metadata }) => metadata.name === plugin.metadata.name);
    if (other !== undefined) throw sameNameTwice(other, plugin);
    plugins.push(plugin);
  }
  return plugins;
}

async function loadPlugin(pluginPackage: PluginPackage): Promise<LoadedPlugin> {
  const nestModule = await importDefault(pluginPackage);
  const moduleClass = isDynamicModule(nestModule) ? nestModule.module : nestModule;
  const metadata = isClass(moduleClass) ? pluginMetadataOf(moduleClass) : undefined;
  if (metadata === undefined || !(isClass(nestModule) || isDynamicModule(nestModule)) || !isClass(moduleClass)) {
    throw new PluginDefinitionError(
      `${describe(pluginPackage)} has no plugin: its default export is ${describeValue(nestModule)}. ` +
        'Expected a class with @Query2LabelPlugin(...), for example: export default class MyPlugin {}.',
    );
  }
  checkPluginCompatibility(metadata);
  if (pluginPackage.version !== undefined && pluginPackage.version !== metadata.version) {
    throw new PluginDefinitionError(
      `${describe(pluginPackage)}: package.json says version ${pluginPackage.version}, ` +
        `@Query2LabelPlugin says ${metadata.version}. Make them equal.`,
    );
  }
  return { metadata, package: pluginPackage, moduleClass, nestModule };
}

async function importDefault(pluginPackage: PluginPackage): Promise<unknown> {
  try {
    const namespace: unknown = await import(pathToFileURL(pluginPackage.entry).href);
    return isRecord(namespace) ? namespace.default : undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PluginDefinitionError(`${describe(pluginPackage)} could not be loaded: ${reason}`, { cause: error });
  }
}

function sameNameTwice(first: LoadedPlugin, second: LoadedPlugin): PluginDefinitionError {
  const twice = first.package.entry === second.package.entry ? 'The same package is named twice: r' : 'R';
  return new PluginDefinitionError(
    `Two plugins are named "${first.metadata.name}": ${describe(first.package)} and ${describe(second.package)}. ` +
      `${twice}emove one of them from the configuration, or rename it.`,
  );
}

/** A package for error messages. */
export function describe({ name, folder, origin }: PluginPackage): string {
  return `plugin package ${name} in ${folder} (${origin})`;
}

function describeValue(value: unknown): string {
  if (value === undefined) return 'missing';
  return isClass(value) ? `class ${value.name} without that decorator` : `a value of type ${typeof value}`;
}

function isClass(value: unknown): value is Type {
  return typeof value === 'function' && value.prototype !== undefined;
}

function isDynamicModule(value: unknown): value is DynamicModule {
  return isRecord(value) && isClass(value.module);
}
