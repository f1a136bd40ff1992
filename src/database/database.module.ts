import { join } from 'node:path';
import { type DynamicModule, Module } from '@nestjs/common';
import { type Configuration, ConfigurationService } from '../config/index.js';
import { createReadSource, createWriteSource, type DatabaseLocation } from './data-sources.js';
import { DatabaseService } from './database.service.js';
import { migrate } from './migrate.js';
import type { DatabaseSchema } from './schema.js';

/** Opens the database, brings it to the schema of this version and provides `DatabaseService` everywhere. */
@Module({})
export class DatabaseModule {
  static forRoot(schema: DatabaseSchema): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        {
          provide: DatabaseService,
          inject: [ConfigurationService],
          useFactory: ({ values }: ConfigurationService) => openDatabase(databaseLocation(values), schema),
        },
      ],
      exports: [DatabaseService],
    };
  }
}

/** The database that a configuration names. */
export function databaseLocation({ database, data }: Pick<Configuration, 'database' | 'data'>): DatabaseLocation {
  return { url: database.url, sqliteFile: join(data.folder, 'q2l.sqlite') };
}

/** Opens, migrates and returns a database; `close()` by `onApplicationShutdown()`. */
export async function openDatabase(location: DatabaseLocation, schema: DatabaseSchema): Promise<DatabaseService> {
  const writeSource = createWriteSource(location, schema);
  await writeSource.initialize();
  await migrate(writeSource);
  const readSource = createReadSource(location, schema);
  await readSource.initialize();
  return new DatabaseService(readSource, writeSource);
}
