import { access, constants, statfs } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { ConfigurationService } from '../config/index.js';
import { DatabaseService } from '../database/index.js';

/** One condition of readiness. */
export interface HealthCheck {
  readonly name: 'database' | 'migrations' | 'disk';
  readonly ok: boolean;
  /** What was found, and how to mend it where it is not ok. */
  readonly reason: string;
}

/** Below this much free space on the data folder's disk, in bytes, the server takes no more work. */
const NEEDED_SPACE = 256 * 1024 * 1024;

/** Finds out whether this server can do its work. */
@Injectable()
export class HealthService {
  constructor(
    private readonly database: DatabaseService,
    private readonly configuration: ConfigurationService,
  ) {}

  check(): Promise<readonly HealthCheck[]> {
    return Promise.all([this.databaseAnswers(), this.migrationsAreDone(), this.diskHasSpace()]);
  }

  private databaseAnswers(): Promise<HealthCheck> {
    return attempt('database', async () => {
      const started = performance.now();
      await this.database.read.query('SELECT 1');
      return { ok: true, reason: `${this.database.engine} answered in ${(performance.now() - started).toFixed(1)} ms` };
    });
  }

  private migrationsAreDone(): Promise<HealthCheck> {
    return attempt('migrations', async () => {
      const pending = await this.database.pendingMigrations();
      return pending.length === 0
        ? { ok: true, reason: 'none pending' }
        : { ok: false, reason: `pending: ${pending.join(', ')}. Restart the server: it runs them at its start.` };
    });
  }

  private diskHasSpace(): Promise<HealthCheck> {
    const { folder } = this.configuration.values.data;
    return attempt('disk', async () => {
      await access(folder, constants.R_OK | constants.W_OK);
      const { bavail, bsize } = await statfs(folder);
      const free = bavail * bsize;
      const found = `${megabytes(free)} MB free in ${folder}`;
      return free >= NEEDED_SPACE
        ? { ok: true, reason: found }
        : { ok: false, reason: `${found}; at least ${megabytes(NEEDED_SPACE)} MB are needed. Delete old checkpoints.` };
    });
  }
}

async function attempt(
  name: HealthCheck['name'],
  check: () => Promise<{ readonly ok: boolean; readonly reason: string }>,
): Promise<HealthCheck> {
  try {
    return { name, ...(await check()) };
  } catch (error) {
    return { name, ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

function megabytes(bytes: number): number {
  return Math.floor(bytes / (1024 * 1024));
}
