import { DataSource, type Logger } from 'typeorm';
import type { DatabaseSchema } from './schema.js';
import { SqliteConnection } from './sqlite/sqlite-connection.js';

export interface DatabaseLocation {
  /** `postgres://user:password@host/database`; empty for SQLite. */
  readonly url: string;
  /** File of the SQLite database; its folder is made if it does not exist. */
  readonly sqliteFile: string;
}

/** How long one SQLite statement waits for another process's lock, in milliseconds; it blocks this process meanwhile. */
const BUSY_TIMEOUT = 5000;
const POOL_SIZE = 10;

/** The data source of `DatabaseService.write`, and of migrations. */
export function createWriteSource(location: DatabaseLocation, schema: DatabaseSchema, logger?: Logger): DataSource {
  const shared = { ...logging(logger), entities: [...schema.entities], migrations: [...schema.migrations] };
  if (location.url !== '') {
    return new DataSource({ type: 'postgres', url: location.url, ...shared, extra: { max: POOL_SIZE } });
  }
  return new DataSource({
    type: 'better-sqlite3',
    driver: SqliteConnection,
    database: location.sqliteFile,
    enableWAL: true,
    timeout: BUSY_TIMEOUT,
    prepareDatabase: (connection: SqliteConnection) => {
      // FULL, not NORMAL: what a request was told is stored survives a power failure too. Our transactions are few and
      // short, so that the additional fsync of each is not felt.
      connection.exec('PRAGMA synchronous = FULL');
    },
    ...shared,
  });
}

/** The data source of `DatabaseService.read`: the database itself refuses to write through it. */
export function createReadSource(location: DatabaseLocation, schema: DatabaseSchema, logger?: Logger): DataSource {
  const shared = { ...logging(logger), entities: [...schema.entities] };
  if (location.url !== '') {
    const extra = { max: POOL_SIZE, options: '-c default_transaction_read_only=on' };
    return new DataSource({ type: 'postgres', url: location.url, ...shared, extra });
  }
  return new DataSource({
    type: 'better-sqlite3',
    driver: SqliteConnection,
    database: location.sqliteFile,
    timeout: BUSY_TIMEOUT,
    prepareDatabase: (connection: SqliteConnection) => {
      connection.exec('PRAGMA query_only = ON');
    },
    ...shared,
  });
}

function logging(logger: Logger | undefined): { logger?: Logger; logging: boolean } {
  return logger === undefined ? { logging: false } : { logger, logging: true };
}
