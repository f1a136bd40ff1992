import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, LessThan, LessThanOrEqual, Or } from 'typeorm';
import { newIdentifier } from '../../common/identifiers.js';
import { ConfigurationService } from '../../config/index.js';
import { DatabaseService } from '../../database/index.js';
import { TrainingRun } from '../entities/index.js';
import { RunStatus } from '../run-status.js';
import { EmbeddedLease } from './embedded-lease.js';
import { recordTransition } from './run-changes.js';
import type { RunLease, RunQueue } from './run-queue.js';

/** First pause after an interruption; it doubles with each further one, in milliseconds. */
const BACK_OFF = 1000;
const LONGEST_BACK_OFF = 5 * 60_000;

/** The queue in the run table: a claim is a conditional UPDATE, so that any number of processes may race for a run. */
@Injectable()
export class EmbeddedQueue implements RunQueue {
  constructor(
    private readonly database: DatabaseService,
    private readonly configuration: ConfigurationService,
  ) {}

  async claim(workerId: string): Promise<RunLease | null> {
    await this.interruptExpired();
    await this.requeueInterrupted();
    for (;;) {
      const candidate = await this.database.read.findOne(TrainingRun, {
        where: { status: RunStatus.QUEUED },
        order: { id: 'ASC' },
        select: { id: true },
      });
      if (candidate === null) return null;
      const lease = await this.tryClaim(candidate.id, workerId);
      if (lease !== null) return lease;
    }
  }

  async abandon(workerId: string, cause: string): Promise<void> {
    const held = await this.database.read.findBy(TrainingRun, { workerId, status: RunStatus.RUNNING });
    for (const run of held) await this.interrupt(run, cause);
  }

  private async tryClaim(id: string, workerId: string): Promise<RunLease | null> {
    const token = newIdentifier();
    const { leaseMilliseconds } = this.configuration.values.training;
    const run = await this.database.write(async (manager) => {
      const now = Date.now();
      const { affected } = await manager.update(
        TrainingRun,
        { id, status: RunStatus.QUEUED },
        {
          status: RunStatus.RUNNING,
          leaseToken: token,
          leaseExpiresAt: new Date(now + leaseMilliseconds),
          workerId,
        },
      );
      if (affected !== 1) return null;
      await manager.update(TrainingRun, { id, startedAt: IsNull() }, { startedAt: new Date(now) });
      const change = { runId: id, from: RunStatus.QUEUED, to: RunStatus.RUNNING, cause: 'a worker took it', workerId };
      await recordTransition(manager, change);
      return manager.findOneByOrFail(TrainingRun, { id });
    });
    return run && new EmbeddedLease(this.database, run, token, workerId, leaseMilliseconds);
  }

  private async interruptExpired(): Promise<void> {
    const silent = await this.database.read.findBy(TrainingRun, {
      status: RunStatus.RUNNING,
      leaseExpiresAt: LessThan(new Date()),
    });
    for (const run of silent) {
      await this.interrupt(run, 'its worker fell silent', { leaseExpiresAt: run.leaseExpiresAt ?? undefined });
    }
  }

  /** @param expected what must still hold of the row: a renewal in between wins */
  private async interrupt(run: TrainingRun, cause: string, expected: { leaseExpiresAt?: Date } = {}): Promise<void> {
    await this.database.write(async (manager) => {
      const interruptions = run.interruptions + 1;
      const { affected } = await manager.update(
        TrainingRun,
        { id: run.id, status: RunStatus.RUNNING, leaseToken: run.leaseToken ?? IsNull(), ...expected },
        {
          status: RunStatus.INTERRUPTED,
          leaseToken: null,
          leaseExpiresAt: null,
          workerId: null,
          interruptions,
          nextTryAt: new Date(Date.now() + Math.min(LONGEST_BACK_OFF, BACK_OFF * 2 ** (interruptions - 1))),
          problem: cause,
        },
      );
      if (affected !== 1) return;
      const change = {
        runId: run.id,
        from: RunStatus.RUNNING,
        to: RunStatus.INTERRUPTED,
        cause,
        workerId: run.workerId,
      };
      await recordTransition(manager, change);
    });
  }

  /** Interrupted runs go on by themselves once their pause is over, or fail when they were interrupted too often. */
  private async requeueInterrupted(): Promise<void> {
    const waiting = await this.database.read.findBy(TrainingRun, {
      status: RunStatus.INTERRUPTED,
      nextTryAt: Or(IsNull(), LessThanOrEqual(new Date())),
    });
    for (const run of waiting.filter(({ recipe, requested }) => recipe.resumeByItself || requested !== null)) {
      await this.database.write((manager) => requeue(manager, run));
    }
  }
}

async function requeue(manager: EntityManager, run: TrainingRun): Promise<void> {
  const from = RunStatus.INTERRUPTED;
  const tooOften = run.interruptions >= run.recipe.maximumTries;
  const to = asked(run) ?? (tooOften ? RunStatus.FAILED : RunStatus.QUEUED);
  const cause =
    to === RunStatus.FAILED
      ? `interrupted ${run.interruptions} times; the recipe allows ${run.recipe.maximumTries}`
      : to === RunStatus.QUEUED
        ? 'goes on after an interruption'
        : 'asked for before its worker died';
  const finishedAt = to === RunStatus.FAILED || to === RunStatus.CANCELLED ? new Date() : null;
  const changes = {
    status: to,
    nextTryAt: null,
    ...(to === RunStatus.CANCELLED && { requested: null }),
    finishedAt,
    problem: to === RunStatus.FAILED ? cause : null,
  };
  const { affected } = await manager.update(TrainingRun, { id: run.id, status: from }, changes);
  if (affected === 1) await recordTransition(manager, { runId: run.id, from, to, cause });
}

/** A cancellation that the dead worker did not get to; a pause lets the run go through the queue and rest there. */
function asked({ requested }: TrainingRun): RunStatus | null {
  return requested === 'cancel' ? RunStatus.CANCELLED : null;
}
