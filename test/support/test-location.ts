import { join } from 'node:path';
import type { DatabaseLocation } from '../../src/database/index.js';
import { createTestDatabase } from './test-database.js';
import { temporaryFolder } from './temporary-folder.js';

/** A database of a suite's own: SQLite in a new folder, or PostgreSQL. */
export interface TestLocation {
  readonly location: DatabaseLocation;
  remove(): Promise<void>;
}

/** A new SQLite file. */
export async function sqliteLocation(): Promise<TestLocation> {
  const folder = await temporaryFolder();
  return { location: { url: '', sqliteFile: join(folder.path, 'q2l.sqlite') }, remove: () => folder.remove() };
}

/** A new database on the server of `TEST_DATABASE_URL`. */
export async function postgresLocation(): Promise<TestLocation> {
  const database = await createTestDatabase();
  return { location: { url: database.url, sqliteFile: '' }, remove: () => database.drop() };
}
