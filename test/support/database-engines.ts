import { describe } from '@jest/globals';
import { TEST_DATABASE_URL } from './test-database.js';
import { postgresLocation, sqliteLocation, type TestLocation } from './test-location.js';

/**
 * Registers the same tests for SQLite and, where `TEST_DATABASE_URL` names a server, for PostgreSQL.
 * @param tests gets the name of the engine and a function that makes an empty database
 */
export function describeOnEachDatabase(
  title: string,
  tests: (engine: 'SQLite' | 'PostgreSQL', create: () => Promise<TestLocation>) => void,
): void {
  describe(`${title} on SQLite`, () => tests('SQLite', sqliteLocation));
  if (TEST_DATABASE_URL !== '') describe(`${title} on PostgreSQL`, () => tests('PostgreSQL', postgresLocation));
}
