import type { EntityManager } from 'typeorm';
import { type DatabaseService, Mutex, untilDatabaseAvailable } from '../../database/index.js';
import { TrainingRun } from '../entities/index.js';
import { moveRun } from '../run-changes.js';
import { type RunEventName, RunStatus } from '../run-status.js';
import { interruptRun } from './interruption.js';
import { LostLeaseError } from './lost-lease.error.js';
import type { RunLease } from './run-queue.js';

/**
 * A claim that is written into the run's row, whichever strategy handed it out. Each write counts up `leaseRenewals` where token and count are as this lease left them: one that
 * comes late changes nothing, and one whose commit was cut off is recognised when it is tried again.
 */
export class FencedLease implements RunLease {
  private renewals: number;
  private renewedAt = performance.now();
  private silence = 0;
  private readonly turn = new Mutex();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly database: DatabaseService,
    readonly run: TrainingRun,
    readonly milliseconds: number,
  ) {
    this.renewals = run.leaseRenewals;
    // Failures are told to whoever writes next.
    const renew = (): void => void this.write(() => Promise.resolve()).catch(() => undefined);
    this.timer = setInterval(renew, milliseconds / 3).unref();
  }

  write(work: (manager: EntityManager) => Promise<void>): Promise<void> {
    return this.commit(work);
  }

  async requested(): Promise<'pause' | 'cancel' | null> {
    const { id, leaseToken } = this.run;
    const read = () =>
      this.database.read.findOne(TrainingRun, { where: { id, leaseToken: leaseToken ?? '' }, select: { id: true, requested: true } }); // prettier-ignore
    const run = await untilDatabaseAvailable(read, this.patience());
    if (run === null) return this.lost();
    return run.requested === 'pause' || run.requested === 'cancel' ? run.requested : null;
  }

  async end(event: RunEventName, cause: string, work?: (manager: EntityManager) => Promise<void>): Promise<void> {
    await this.commit(async (manager) => {
      await work?.(manager);
      const run = await manager.findOneByOrFail(TrainingRun, { id: this.run.id });
      const { id: runId, workerId, requested } = run;
      if (event === 'interrupt') return void (await interruptRun(manager, { run, cause, expected: {}, died: false }));
      const cancelled = event === 'pause' && requested === 'cancel';
      const move = cancelled ? ({ event: 'cancel', cause: 'asked to cancel' } as const) : { event, cause };
      // A pause that nobody asked for has a reason that a person must see.
      const changes = move.event === 'pause' && requested === null ? { problem: cause } : {};
      await moveRun(manager, { runId, from: RunStatus.RUNNING, workerId, changes, ...move });
    });
    this.release();
  }

  expectSilence(milliseconds: number): void {
    this.silence = milliseconds;
  }

  release(): void {
    clearInterval(this.timer);
  }

  private commit(work: (manager: EntityManager) => Promise<void>): Promise<void> {
    return this.turn.run(async () => {
      const { id, leaseToken } = this.run;
      const next = this.renewals + 1;
      const leaseMilliseconds = Math.ceil(Math.max(this.milliseconds, this.silence));
      const attempt = (): Promise<void> =>
        this.database.write(async (manager) => {
          const held = { id, status: RunStatus.RUNNING, leaseToken: leaseToken ?? '', leaseRenewals: this.renewals };
          const { affected } = await manager.update(TrainingRun, held, { leaseRenewals: next, leaseMilliseconds });
          if (affected === 1) return work(manager);
          const run = await manager.findOneByOrFail(TrainingRun, { id });
          const own = run.leaseToken === leaseToken || run.leaseToken === null;
          if (!own || run.leaseRenewals !== next) this.lost();
        });
      await untilDatabaseAvailable(attempt, this.patience());
      this.renewals = next;
      this.renewedAt = performance.now();
    });
  }

  /** Milliseconds that are left of the lease. */
  private patience(): number {
    return Math.max(0, this.renewedAt + Math.max(this.milliseconds, this.silence) - performance.now());
  }

  private lost(): never {
    this.release();
    throw new LostLeaseError(this.run.id);
  }
}
