import type { EntityManager } from 'typeorm';
import type { TrainingRun } from '../entities/index.js';
import type { RunEventName } from '../run-status.js';

/** A worker process, as the queue knows it. */
export interface QueueWorker {
  readonly id: string;
  /** What it offers, for example `cpu` or `gpu`: a run goes to a worker that has all labels it asks for. */
  readonly labels: readonly string[];
  /** How many runs it trains at a time. */
  readonly concurrency: number;
}

/**
 * What a worker may do to the run that it has claimed. Every write carries the token of the claim, and the lease renews itself at a
 * third of its length until it is ended or released. While the database is away its methods wait, as long as the lease lasts.
 */
export interface RunLease {
  readonly run: TrainingRun;
  /** Its length after a renewal, in milliseconds. */
  readonly milliseconds: number;
  /**
   * One transaction that is kept, once, only if the lease still holds; it renews the lease as well.
   * @throws LostLeaseError, nothing written
   */
  write(work: (manager: EntityManager) => Promise<void>): Promise<void>;
  /** What was asked of the run since it was claimed. @throws LostLeaseError */
  requested(): Promise<'pause' | 'cancel' | null>;
  /**
   * Ends the claim: changes the state and gives the lease back, together with the work's writes. What was asked of the run in the
   * meantime is honoured: a run that is handed back after someone asked to pause it rests.
   * @throws LostLeaseError, nothing written
   */
  end(event: RunEventName, cause: string, work?: (manager: EntityManager) => Promise<void>): Promise<void>;
  /** The next renewal reaches at least that far ahead, in milliseconds: for steps that block the process for long. */
  expectSilence(milliseconds: number): void;
  /** Renews no more, without a word to anyone: the run is interrupted when the lease has run out. */
  release(): void;
}

/**
 * Hands queued runs to workers, each to one, and notices workers that fall silent. A strategy: which one is in use is the business of
 * `queue.module.ts` alone.
 */
export interface RunQueue {
  /** The oldest queued run that asks for no more than the worker's labels, or null. */
  claim(worker: QueueWorker): Promise<RunLease | null>;
  /** Says that a worker lives; to be called at least each third of a lease. */
  announce(worker: QueueWorker): Promise<void>;
  /** Forgets a worker, and takes back what it had claimed without waiting for its leases to run out. */
  abandon(workerId: string, cause: string): Promise<void>;
  /** Interrupts runs whose worker fell silent, and lets interrupted ones go on; any process may call it, every now and then. */
  tend(): Promise<void>;
  /** The workers that live: announced, and not silent for longer than a lease. */
  workers(): Promise<readonly QueueWorker[]>;
  /** For each run that waits, why; null for one that does not wait. */
  reasonsForWaiting(runs: readonly TrainingRun[]): Promise<(string | null)[]>;
}

/** Injection token of the queue in use. */
export const RUN_QUEUE = Symbol('RUN_QUEUE');
