import { access, constants } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { lookAtDisk } from '../common/disk/index.js';
import { ConfigurationService } from '../config/index.js';
import { DatabaseService } from '../database/index.js';
import { PredictionPool } from '../prediction/serving/prediction-pool.js';
import { RUN_QUEUE, type RunQueue } from '../training/queue/run-queue.js';

/** One condition of readiness. */
export interface HealthCheck {
  readonly name: 'database' | 'migrations' | 'disk' | 'training' | 'prediction';
  readonly ok: boolean;
  /** What was found, and how to mend it where it is not ok. */
  readonly reason: string;
}

/** Finds out whether this server can do its work. */
@Injectable()
export class HealthService {
  constructor(
    private readonly database: DatabaseService,
    private readonly configuration: ConfigurationService,
    @Inject(RUN_QUEUE) private readonly queue: RunQueue,
    private readonly predictionPool: PredictionPool,
  ) {}

  check(): Promise<readonly HealthCheck[]> {
    return Promise.all([
      this.databaseAnswers(),
      this.migrationsAreDone(),
      this.diskHasSpace(),
      this.trainingWorkerLives(),
      this.predictionWorkersStart(),
    ]);
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
    const { folder, freeBytes } = this.configuration.values.data;
    return attempt('disk', async () => {
      await access(folder, constants.R_OK | constants.W_OK);
      const { found, shortage } = await lookAtDisk(folder, freeBytes);
      return { ok: shortage === null, reason: shortage ?? found };
    });
  }

  /** A server that is to have training workers needs one that lives; where others train, what is found is only told. */
  private trainingWorkerLives(): Promise<HealthCheck> {
    const { workers: wanted } = this.configuration.values.training;
    return attempt('training', async () => {
      const living = (await this.queue.workers()).length;
      const found = `${living} training ${living === 1 ? 'worker lives' : 'workers live'}`;
      if (living > 0 || wanted === 0) return { ok: true, reason: found };
      const mend = 'One that died is started anew; the log says why it died.';
      return { ok: false, reason: `${found}; ${wanted} should. ${mend}` };
    });
  }

  private predictionWorkersStart(): Promise<HealthCheck> {
    return attempt('prediction', () => {
      const { problem } = this.predictionPool;
      return Promise.resolve({ ok: problem === null, reason: problem ?? 'prediction processes start when asked' });
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
