import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { isRecord } from '../common/guards.js';
import { SqliteConnection } from './sqlite/sqlite-connection.js';

/** How long a start waits for another process's migrations, in milliseconds. */
const PATIENCE = 120_000;
/** Any number, the same in every process: the key of PostgreSQL's advisory lock. */
const ADVISORY_LOCK = 7_424_715_266;

/**
 * Brings the database to the schema of this version: runs the migrations that it lacks, all in one transaction.
 * Two processes may start at once: one migrates, the other waits and finds nothing left to do.
 * @returns names of the migrations that were run
 */
export async function migrate(source: DataSource): Promise<readonly string[]> {
  const run = async (): Promise<readonly string[]> => {
    const migrations = await source.runMigrations({ transaction: 'all' });
    return migrations.map(({ name }) => name);
  };
  return source.options.type === 'postgres' ? withAdvisoryLock(source, run) : withLockFile(source, run);
}

/**
 * SQLite: the lock is a write transaction on a database file of its own beside the real one. The system frees it when
 * the process dies, whatever the reason.
 */
async function withLockFile<T>(source: DataSource, work: () => Promise<T>): Promise<T> {
  const lock = new SqliteConnection(`${String(source.options.database)}.migration-lock`, { timeout: 0 });
  try {
    await lock.beginAhead(PATIENCE);
    return await work();
  } finally {
    lock.close();
  }
}

async function withAdvisoryLock<T>(source: DataSource, work: () => Promise<T>): Promise<T> {
  const runner = source.createQueryRunner();
  try {
    const deadline = Date.now() + PATIENCE;
    while (!(await tryAdvisoryLock(runner.query(`SELECT pg_try_advisory_lock(${ADVISORY_LOCK}) AS taken`)))) {
      if (Date.now() > deadline) {
        throw new Error(`Another process holds the migration lock for more than ${PATIENCE / 1000} s; see pg_locks.`);
      }
      await delay(50);
    }
    try {
      return await work();
    } finally {
      await runner.query(`SELECT pg_advisory_unlock(${ADVISORY_LOCK})`);
    }
  } finally {
    await runner.release();
  }
}

async function tryAdvisoryLock(query: Promise<unknown>): Promise<boolean> {
  const rows = await query;
  const row: unknown = Array.isArray(rows) ? rows[0] : undefined;
  return isRecord(row) && row.taken === true;
}
