import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { LessThan } from 'typeorm';
import { HourlyRounds } from '../../common/hourly-rounds.js';
import { ConfigurationService } from '../../config/index.js';
import { DatabaseService } from '../../database/index.js';
import { LOGGER } from '../../logging/index.js';
import { RunEvent, TrainingRun } from '../entities/index.js';

const DAY = 24 * 60 * 60 * 1000;

/**
 * Forgets the progress, an event a second, of runs that have long been over, at the start of the server and each hour. What
 * they logged, their states, checkpoints and metrics stay, under their numbers.
 */
@Injectable()
export class ExpiredProgress implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly rounds = new HourlyRounds(
    async () => {
      const runs = await this.remove();
      if (runs > 0) this.logger.info({ runs }, 'forgot the progress of runs that ended long ago');
    },
    (error) => this.logger.warn({ err: error }, 'old progress of runs cannot be removed for now'),
  );

  constructor(
    private readonly configuration: ConfigurationService,
    private readonly database: DatabaseService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.rounds.stop();
  }

  /**
   * Removes the progress of runs that ended too long before a moment; a run at a time, so that nobody waits long for the database.
   * @returns number of runs that lost it
   */
  async remove(now: Date = new Date()): Promise<number> {
    const { progressDays } = this.configuration.values.training;
    if (progressDays === 0) return 0;
    const finishedAt = LessThan(new Date(now.getTime() - progressDays * DAY));
    const runs = await this.database.read.find(TrainingRun, { select: { id: true }, where: { finishedAt } });
    let removed = 0;
    for (const { id: runId } of runs) {
      const progress = { runId, type: 'progress' } as const;
      if (!(await this.database.read.existsBy(RunEvent, progress))) continue;
      await this.database.write((manager) => manager.delete(RunEvent, progress));
      removed += 1;
    }
    return removed;
  }
}
