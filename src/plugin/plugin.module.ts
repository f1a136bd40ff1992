import { type DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ComponentRegistry, LOADED_PLUGINS } from './component-registry.js';
import { findPluginPackages, type PluginLocations } from './find-plugin-packages.js';
import { loadPlugins } from './load-plugins.js';
import { PluginResolver } from './plugin.resolver.js';

/** Loads the plugins and provides `ComponentRegistry` everywhere. */
@Module({})
export class PluginModule {
  static async forRoot(locations: PluginLocations): Promise<DynamicModule> {
    const plugins = await loadPlugins(findPluginPackages(locations));
    return {
      module: PluginModule,
      global: true,
      imports: [DiscoveryModule, ...plugins.map(({ nestModule }) => nestModule)],
      providers: [ComponentRegistry, PluginResolver, { provide: LOADED_PLUGINS, useValue: plugins }],
      exports: [ComponentRegistry],
    };
  }
}
