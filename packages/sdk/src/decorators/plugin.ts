import { Module, SetMetadata } from '@nestjs/common';
import type { ModuleMetadata } from '@nestjs/common';
import semver from 'semver';
import { SDK_VERSION } from '../version.js';
import { PluginDefinitionError } from './plugin-definition.error.js';

/** Fixed, not generated: a plugin that carries a second copy of the SDK is then recognised and told so. */
const PLUGIN_METADATA_KEY = 'query2label:plugin';

/** What a plugin says of itself. */
export interface PluginMetadata {
  /** Unique among all plugins; lower case, digits and hyphens, optionally with an npm scope. */
  readonly name: string;
  /** The plugin's own version, for example `1.4.0`; stored with everything that is made with it. */
  readonly version: string;
  /** Range of SDK versions that it works with, for example `^0.1.0`. */
  readonly sdk: string;
  /** One sentence for people. */
  readonly description: string;
}

const NAME_PATTERN = /^(@[a-z0-9][a-z0-9-]*\/)?[a-z0-9][a-z0-9-]*$/;

/**
 * Declares a NestJS module as a plugin and, in the same breath, its providers: `@Query2LabelPlugin({ name: 'resnet',
 * version: '0.1.0', sdk: '^0.1.0', description: '...', providers: [ResNet] })`.
 * @throws PluginDefinitionError if a name, version or range is malformed. Whether the range admits this SDK is checked
 * by `checkPluginCompatibility`, so that the message can name both sides.
 */
export function Query2LabelPlugin(definition: PluginMetadata & ModuleMetadata): ClassDecorator {
  const { name, version, sdk, description, ...moduleMetadata } = definition;
  return (target) => {
    const where = `@Query2LabelPlugin on class ${target.name}`;
    if (!NAME_PATTERN.test(name)) {
      throw new PluginDefinitionError(
        `${where}: the name ${JSON.stringify(name)} is not valid. Expected lower-case letters, digits and hyphens, for example "resnet" or "@team/resnet".`,
      );
    }
    if (semver.valid(version) === null) {
      throw new PluginDefinitionError(
        `${where}: the version ${JSON.stringify(version)} of plugin "${name}" is not a semantic version. Write one such as "1.0.0".`,
      );
    }
    if (semver.validRange(sdk) === null) {
      throw new PluginDefinitionError(
        `${where}: sdk ${JSON.stringify(sdk)} of plugin "${name}" is not a range of versions. Write one such as "^${SDK_VERSION}".`,
      );
    }
    if (description.trim() === '') {
      throw new PluginDefinitionError(
        `${where}: plugin "${name}" has no description. Say in one sentence what it adds.`,
      );
    }
    Module(moduleMetadata)(target);
    SetMetadata(PLUGIN_METADATA_KEY, { name, version, sdk, description } satisfies PluginMetadata)(target);
  };
}

/** What a module class says of itself, or undefined if it is not a plugin. */
export function pluginMetadataOf(target: object): PluginMetadata | undefined {
  const metadata: unknown = Reflect.getOwnMetadata(PLUGIN_METADATA_KEY, target);
  return isPluginMetadata(metadata) ? metadata : undefined;
}

function isPluginMetadata(value: unknown): value is PluginMetadata {
  return typeof value === 'object' && value !== null && 'version' in value && 'sdk' in value;
}

/**
 * Checks that a plugin works with this SDK.
 * @throws PluginDefinitionError naming the plugin, its range and the version that runs
 */
export function checkPluginCompatibility(plugin: PluginMetadata, sdkVersion: string = SDK_VERSION): void {
  if (semver.satisfies(sdkVersion, plugin.sdk, { includePrerelease: true })) return;
  throw new PluginDefinitionError(
    `Plugin "${plugin.name}" ${plugin.version} works with @query2label/sdk ${plugin.sdk}, but this platform has ${sdkVersion}. ` +
      `Install a version of the plugin made for ${sdkVersion}, or remove it from the configuration.`,
  );
}
