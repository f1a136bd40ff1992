import { fileURLToPath } from 'node:url';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { ComponentRegistry, LOADED_PLUGINS } from '../../src/plugin/component-registry.js';
import { loadPlugins } from '../../src/plugin/load-plugins.js';
import { readPluginPackage } from '../../src/plugin/plugin-package.js';

/** A plugin with the smallest pipeline that learns. */
export const TINY_PLUGIN = fileURLToPath(new URL('../fixtures/tiny-plugin', import.meta.url));

/** Folder of a built-in plugin. */
export const builtInPlugin = (name: string): string => fileURLToPath(new URL(`../../plugins/${name}`, import.meta.url));

/** The platform's registry over the plugin packages that a test names by their folders. */
export async function registryOf(...folders: string[]): Promise<ComponentRegistry> {
  const plugins = await loadPlugins(folders.map((folder) => readPluginPackage(folder, 'test')));
  const application = await Test.createTestingModule({
    imports: [DiscoveryModule, ...plugins.map(({ nestModule }) => nestModule)],
    providers: [ComponentRegistry, { provide: LOADED_PLUGINS, useValue: plugins }],
  }).compile();
  return application.get(ComponentRegistry);
}
