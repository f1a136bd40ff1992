import { mkdir } from 'node:fs/promises';
import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigurationModule, type ConfigurationOrigin, loadConfiguration } from './config/index.js';
import { DatabaseModule } from './database/index.js';
import { databaseSchema } from './database-schema.js';
import { LoggingModule } from './logging/index.js';
import { PluginModule } from './plugin/index.js';

/** What the server and its workers share: configuration, log, database and plugins, each provided everywhere. */
@Module({})
export class CoreModule {
  /**
   * @param origin default: this process's environment and working folder
   * @throws ConfigurationError, PluginDefinitionError
   */
  static async forRoot(origin: ConfigurationOrigin = {}): Promise<DynamicModule> {
    const configuration = loadConfiguration(origin);
    await mkdir(configuration.values.data.folder, { recursive: true });
    const plugins = await PluginModule.forRoot({ ...configuration.values.plugins, root: origin.folder });
    return {
      module: CoreModule,
      imports: [
        ConfigurationModule.forRoot(configuration),
        LoggingModule,
        DatabaseModule.forRoot(databaseSchema),
        plugins,
      ],
    };
  }
}
