import type { EntityManager } from 'typeorm';
import type { TrainingRun } from '../entities/index.js';
import type { RunEventName } from '../run-status.js';

/** What a worker may do to the run that it has claimed. Every write carries the token of the claim. */
export interface RunLease {
  readonly run: TrainingRun;
  /**
   * One transaction that is kept only if the lease still holds; it renews the lease as well.
   * @throws LostLeaseError, nothing written
   */
  write<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
  /** What was asked of the run since it was claimed. */
  requested(): Promise<'pause' | 'cancel' | null>;
  /** Ends the claim: changes the state and gives the lease back, together with the work's writes. */
  end(event: RunEventName, cause: string, work?: (manager: EntityManager) => Promise<void>): Promise<void>;
  /** The next renewal reaches at least that far ahead, in milliseconds: for steps that block the process for long. */
  expectSilence(milliseconds: number): void;
}

/** Hands queued runs to workers, each to one. Strategy: `embedded` keeps the queue in the run table. */
export interface RunQueue {
  /** The oldest queued run, or null. Runs whose worker fell silent are put back into the queue first. */
  claim(workerId: string): Promise<RunLease | null>;
  /** Takes back what a worker that is known to be dead had claimed, without waiting for its lease to expire. */
  abandon(workerId: string, cause: string): Promise<void>;
}

/** Injection token of the queue in use. */
export const RUN_QUEUE = Symbol('RUN_QUEUE');
