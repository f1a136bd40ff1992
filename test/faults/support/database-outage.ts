import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { DatabaseEngine, PlatformUnderTest } from './platform-under-test.js';

const run = promisify(execFile);
const LOCK = fileURLToPath(new URL('../processes/lock-database.mjs', import.meta.url));

/**
 * Takes the database away for a while: the PostgreSQL server is stopped hard and started again; of SQLite, another process holds the
 * lock. Returns when it is back.
 * @param meanwhile called once it is away
 */
export async function takeDatabaseAway(
  platform: PlatformUnderTest,
  engine: DatabaseEngine,
  milliseconds: number,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  if (engine === 'SQLite') {
    const file = join(platform.data, 'q2l.sqlite');
    const locker = spawn(process.execPath, [LOCK, file, String(milliseconds)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(locker, 'exit');
    await once(locker.stdout, 'data');
    await meanwhile();
    await ended;
    return;
  }
  const control = process.env.TEST_POSTGRESQL_CONTROL;
  if (control === undefined)
    throw new Error('TEST_POSTGRESQL_CONTROL is not set: run this under scripts/ci/postgresql.sh.');
  await run(control, ['stop']);
  try {
    await Promise.all([meanwhile(), delay(milliseconds)]);
  } finally {
    await run(control, ['start']);
  }
}
