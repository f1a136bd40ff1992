import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface TestDatabase {
  /** Value of `DATABASE_URL`; empty for SQLite. */
  readonly url: string;
  drop(): Promise<void>;
}

/** The PostgreSQL server for tests, if there is one: `postgres://user:password@host/database`. */
export const TEST_DATABASE_URL = process.env.TEST_DATABASE_URL ?? '';

/** A fresh database on the server of `TEST_DATABASE_URL`; without that, SQLite in the test's own data folder. */
export async function createTestDatabase(): Promise<TestDatabase> {
  if (TEST_DATABASE_URL === '') return { url: '', drop: () => Promise.resolve() };
  const name = `q2l_test_${randomBytes(6).toString('hex')}`;
  await run(`CREATE DATABASE ${name}`);
  const url = new URL(TEST_DATABASE_URL);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`DROP DATABASE ${name} WITH (FORCE)`) };
}

async function run(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: TEST_DATABASE_URL });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
