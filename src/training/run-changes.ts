import type { EntityManager, FindOptionsWhere } from 'typeorm';
import { newIdentifier } from '../common/identifiers.js';
import { RunEvent, type RunEventType, RunTransition, TrainingRun } from './entities/index.js';
import { nextStatus } from './illegal-transition.error.js';
import { isFinished, type RunEventName, RunStatus } from './run-status.js';

export interface NewRunEvent {
  readonly type: RunEventType;
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * Appends events to a run. Counting up on the run's row locks it, so that numbers are handed out in the order of the commits and a
 * reader who has seen one has seen all before it.
 * @returns the number of the last one
 */
export async function appendEvents(
  manager: EntityManager,
  runId: string,
  events: readonly NewRunEvent[],
): Promise<number> {
  await manager.increment(TrainingRun, { id: runId }, 'lastEvent', events.length);
  const { lastEvent } = await manager.findOneOrFail(TrainingRun, {
    where: { id: runId },
    select: { id: true, lastEvent: true },
  });
  if (events.length === 0) return lastEvent;
  const at = new Date();
  const first = lastEvent - events.length + 1;
  const rows = events.map((event, index) =>
    Object.assign(new RunEvent(), event, { runId, sequence: first + index, at }),
  );
  await manager.save(RunEvent, rows);
  return lastEvent;
}

export interface RunMove {
  readonly runId: string;
  readonly from: RunStatus;
  readonly event: RunEventName;
  /** Why, in words, for the history. */
  readonly cause: string;
  /** The worker involved, if any. */
  readonly workerId?: string | null;
  /** What must hold of the row beside its state, for example whose lease it carries. */
  readonly expected?: FindOptionsWhere<TrainingRun>;
  /** Further columns to change. */
  readonly changes?: Parameters<EntityManager['update']>[2];
}

/**
 * Moves a run along the table of transitions: the row, its history and its events, as part of the caller's transaction.
 * @returns the new state; null, with nothing written, if the row is not as expected (any more)
 * @throws IllegalTransitionError
 */
export async function moveRun(manager: EntityManager, move: RunMove): Promise<RunStatus | null> {
  const { runId, from, event, cause, workerId = null, expected, changes } = move;
  const to = nextStatus(runId, from, event);
  const { affected } = await manager.update(
    TrainingRun,
    { ...expected, id: runId, status: from },
    {
      ...{ status: to, finishedAt: isFinished(to) ? new Date() : null },
      problem: to === RunStatus.FAILED || to === RunStatus.INTERRUPTED ? cause : null,
      ...(to !== RunStatus.RUNNING && { leaseToken: null, leaseMilliseconds: null, workerId: null }),
      // What was asked of a running run is done, or has become void; an interruption looks at it first.
      ...(to !== RunStatus.INTERRUPTED && { requested: null, nextTryAt: null }),
      ...changes,
    },
  );
  if (affected !== 1) return null;
  await recordTransition(manager, { runId, from, to, cause, workerId });
  return to;
}

export interface StateChange {
  readonly runId: string;
  readonly from: RunStatus | null;
  readonly to: RunStatus;
  readonly cause: string;
  readonly workerId?: string | null;
}

/** Writes a change of state into the history and tells subscribers. The row itself is changed by the caller. */
export async function recordTransition(manager: EntityManager, change: StateChange): Promise<void> {
  const { runId, from, to, cause, workerId = null } = change;
  const sequence = await appendEvents(manager, runId, [{ type: 'state', payload: { from, to, cause } }]);
  const row = { id: newIdentifier(), runId, sequence, from, to, cause, workerId, at: new Date() };
  await manager.insert(RunTransition, row);
}
