import { Injectable } from '@nestjs/common';
import { newIdentifier } from '../../../common/identifiers.js';
import { ConfigurationService } from '../../../config/index.js';
import { DatabaseService } from '../../../database/index.js';
import { TrainingRun } from '../../entities/index.js';
import { moveRun } from '../../run-changes.js';
import { RunStatus } from '../../run-status.js';
import { FencedLease } from '../fenced-lease.js';
import { interruptRun, mayContinue } from '../interruption.js';
import type { QueueWorker, RunLease, RunQueue } from '../run-queue.js';
import { LeaseWatch } from './lease-watch.js';
import { lacks, reasonForWaiting } from './reason-for-waiting.js';
import { TrainingWorker } from './training-worker.entity.js';

/** The queue in the run table: a claim is a conditional UPDATE, so that any number of processes may race for a run. */
@Injectable()
export class EmbeddedQueue implements RunQueue {
  private readonly watch = new LeaseWatch();
  private readonly workerWatch = new LeaseWatch();

  constructor(
    private readonly database: DatabaseService,
    private readonly configuration: ConfigurationService,
  ) {}

  async claim(worker: QueueWorker): Promise<RunLease | null> {
    for (;;) {
      const fitting = (await this.queued()).find((run) => lacks(worker.labels, run).length === 0);
      if (fitting === undefined) return null;
      const lease = await this.tryClaim(fitting.id, worker.id);
      if (lease !== null) return lease;
    }
  }

  async announce({ id, labels, concurrency }: QueueWorker): Promise<void> {
    const row = { id, labels: [...labels], concurrency, seenAt: new Date() };
    await this.database.write((manager) => manager.save(TrainingWorker, row));
  }

  async abandon(workerId: string, cause: string): Promise<void> {
    await this.database.write((manager) => manager.delete(TrainingWorker, { id: workerId }));
    const held = await this.database.read.findBy(TrainingRun, { workerId, status: RunStatus.RUNNING });
    for (const run of held) await this.interrupt(run, cause);
  }

  workers(): Promise<TrainingWorker[]> {
    return this.database.read.find(TrainingWorker, { order: { id: 'ASC' } });
  }

  async tend(): Promise<void> {
    await this.forgetSilentWorkers();
    const running = await this.database.read.findBy(TrainingRun, { status: RunStatus.RUNNING });
    for (const run of this.watch.expired(running)) await this.interrupt(run, 'its worker fell silent');
    const interrupted = await this.database.read.findBy(TrainingRun, { status: RunStatus.INTERRUPTED });
    for (const { id: runId } of interrupted.filter(mayContinue)) {
      const move = { runId, from: RunStatus.INTERRUPTED, event: 'resume', cause: 'goes on after an interruption' } as const; // prettier-ignore
      await this.database.write((manager) => moveRun(manager, move));
    }
  }

  async reasonsForWaiting(runs: readonly TrainingRun[]): Promise<(string | null)[]> {
    if (runs.every(({ status }) => status !== RunStatus.QUEUED && status !== RunStatus.INTERRUPTED)) {
      return runs.map(() => null);
    }
    const workers = await this.workers();
    const queued = await this.queued();
    return runs.map((run) => reasonForWaiting(run, workers, queued));
  }

  /** One that speaks again afterwards is known again. */
  private async forgetSilentWorkers(): Promise<void> {
    const { leaseMilliseconds } = this.configuration.values.training;
    const signs = (await this.workers()).map(({ id, seenAt }) => ({
      ...{ id, seenAt, leaseToken: null, leaseRenewals: seenAt.getTime(), leaseMilliseconds },
    }));
    for (const { id, seenAt } of this.workerWatch.expired(signs)) {
      await this.database.write((manager) => manager.delete(TrainingWorker, { id, seenAt }));
    }
  }

  private queued(): Promise<TrainingRun[]> {
    return this.database.read.find(TrainingRun, { where: { status: RunStatus.QUEUED }, order: { id: 'ASC' } });
  }

  private async tryClaim(id: string, workerId: string): Promise<RunLease | null> {
    const { leaseMilliseconds } = this.configuration.values.training;
    const run = await this.database.write(async (manager) => {
      const changes = {
        ...{ leaseToken: newIdentifier(), leaseMilliseconds, workerId },
        leaseRenewals: () => '"leaseRenewals" + 1',
        startedAt: () => `COALESCE("startedAt", ${Date.now()})`,
      };
      const move = { runId: id, from: RunStatus.QUEUED, event: 'claim', cause: 'a worker took it', workerId, changes } as const; // prettier-ignore
      const to = await moveRun(manager, move);
      return to === null ? null : manager.findOneByOrFail(TrainingRun, { id });
    });
    return run && new FencedLease(this.database, run, leaseMilliseconds);
  }

  private async interrupt(run: TrainingRun, cause: string): Promise<void> {
    // A renewal in between wins: it has counted up.
    const expected = { leaseToken: run.leaseToken ?? '', leaseRenewals: run.leaseRenewals };
    await this.database.write((manager) => interruptRun(manager, { run, cause, expected, died: true }));
  }
}
