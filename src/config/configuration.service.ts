import { Injectable } from '@nestjs/common';
import type { Configuration } from './configuration.js';
import type { ConfigurationEntry, LoadedConfiguration } from './load-configuration.js';

/** The configuration in force; checked once, at the start. */
@Injectable()
export class ConfigurationService {
  constructor(private readonly loaded: LoadedConfiguration) {}

  get values(): Configuration {
    return this.loaded.values;
  }

  /** Environment variables under which a forked worker comes to the same configuration, secrets included. */
  get environment(): Readonly<Record<string, string>> {
    return this.loaded.environment;
  }

  /** The file that was read, if any. */
  get file(): string | undefined {
    return this.loaded.file;
  }

  /** Every key with its value, where that came from and what it means; secrets are masked. */
  describe(): readonly ConfigurationEntry[] {
    return this.loaded.entries;
  }
}
