import { DatabaseService } from '../../src/database/index.js';
import type { StartedApp } from './start-app.js';

/**
 * The SQL that the server sends to the database while the work runs, reads and writes, transaction control left out.
 * For tests that a list costs a fixed number of statements: `(await countQueries(app, () => ...)).length`.
 */
export async function countQueries(app: StartedApp, work: () => Promise<unknown>): Promise<readonly string[]> {
  const stop = app.application.get(DatabaseService).recordQueries();
  try {
    await work();
  } finally {
    stop.end();
  }
  return stop.queries.filter((query) => !/^(BEGIN|COMMIT|ROLLBACK|START TRANSACTION|PRAGMA|SAVEPOINT)/.test(query));
}
