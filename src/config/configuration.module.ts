import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigurationService } from './configuration.service.js';
import type { LoadedConfiguration } from './load-configuration.js';

/** Provides `ConfigurationService` everywhere. */
@Module({})
export class ConfigurationModule {
  static forRoot(configuration: LoadedConfiguration): DynamicModule {
    return {
      module: ConfigurationModule,
      global: true,
      providers: [{ provide: ConfigurationService, useValue: new ConfigurationService(configuration) }],
      exports: [ConfigurationService],
    };
  }
}
