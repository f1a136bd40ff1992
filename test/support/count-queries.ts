import { DatabaseService } from '../../src/database/index.js';
import type { StartedApp } from './start-app.js';

/** The server sends statements of its own now and then; hardly in each of so many rounds. */
const ROUNDS = 5;

/**
 * How many statements of SQL the server sends to the database for a piece of work, reads and writes, transaction control left out.
 * For tests that a list costs a fixed number of statements.
 * @param work is done several times
 */
export async function countQueries(app: StartedApp, work: () => Promise<unknown>): Promise<number> {
  const counts: number[] = [];
  while (counts.length < ROUNDS) counts.push((await queriesDuring(app, work)).length);
  return Math.min(...counts);
}

async function queriesDuring(app: StartedApp, work: () => Promise<unknown>): Promise<readonly string[]> {
  const stop = app.application.get(DatabaseService).recordQueries();
  try {
    await work();
  } finally {
    stop.end();
  }
  return stop.queries.filter((query) => !/^(BEGIN|COMMIT|ROLLBACK|START TRANSACTION|PRAGMA|SAVEPOINT)/.test(query));
}
