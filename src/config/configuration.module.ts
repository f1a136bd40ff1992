import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigurationService } from './configuration.service.js';
import { type ConfigurationOrigin, loadConfiguration } from './load-configuration.js';

/** Provides `ConfigurationService` everywhere. */
@Module({})
export class ConfigurationModule {
  /** @param origin default: this process's environment and working folder */
  static forRoot(origin: ConfigurationOrigin = {}): DynamicModule {
    return {
      module: ConfigurationModule,
      global: true,
      providers: [
        { provide: ConfigurationService, useFactory: () => new ConfigurationService(loadConfiguration(origin)) },
      ],
      exports: [ConfigurationService],
    };
  }
}
