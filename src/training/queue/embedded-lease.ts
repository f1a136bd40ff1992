import type { EntityManager } from 'typeorm';
import type { DatabaseService } from '../../database/index.js';
import { TrainingRun } from '../entities/index.js';
import { nextStatus } from '../illegal-transition.error.js';
import { isFinished, type RunEventName, RunStatus } from '../run-status.js';
import { LostLeaseError } from './lost-lease.error.js';
import { recordTransition } from './run-changes.js';
import type { RunLease } from './run-queue.js';

/** A claim on a row of the run table. */
export class EmbeddedLease implements RunLease {
  private silence = 0;

  constructor(
    private readonly database: DatabaseService,
    readonly run: TrainingRun,
    private readonly token: string,
    private readonly workerId: string,
    private readonly milliseconds: number,
  ) {}

  write<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.write(async (manager) => {
      await this.fence(manager, { leaseExpiresAt: new Date(Date.now() + Math.max(this.milliseconds, this.silence)) });
      return work(manager);
    });
  }

  async requested(): Promise<'pause' | 'cancel' | null> {
    const run = await this.database.read.findOne(TrainingRun, {
      where: { id: this.run.id, leaseToken: this.token },
      select: { id: true, requested: true },
    });
    if (run === null) throw new LostLeaseError(this.run.id);
    return run.requested === 'pause' || run.requested === 'cancel' ? run.requested : null;
  }

  end(event: RunEventName, cause: string, work?: (manager: EntityManager) => Promise<void>): Promise<void> {
    const to = nextStatus(this.run.id, RunStatus.RUNNING, event);
    return this.database.write(async (manager) => {
      await this.fence(manager, {
        status: to,
        requested: null,
        leaseToken: null,
        leaseExpiresAt: null,
        workerId: null,
        problem: event === 'fail' ? cause : null,
        finishedAt: isFinished(to) ? new Date() : null,
      });
      await work?.(manager);
      const { workerId } = this;
      await recordTransition(manager, { runId: this.run.id, from: RunStatus.RUNNING, to, cause, workerId });
    });
  }

  expectSilence(milliseconds: number): void {
    this.silence = milliseconds;
  }

  private async fence(manager: EntityManager, changes: Parameters<EntityManager['update']>[2]): Promise<void> {
    const held = { id: this.run.id, leaseToken: this.token, status: RunStatus.RUNNING };
    const { affected } = await manager.update(TrainingRun, held, changes);
    if (affected !== 1) throw new LostLeaseError(this.run.id);
  }
}
