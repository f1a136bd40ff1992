import type { EntityManager } from 'typeorm';
import { newIdentifier } from '../../common/identifiers.js';
import { RunEvent, type RunEventType, RunTransition, TrainingRun } from '../entities/index.js';
import type { RunStatus } from '../run-status.js';

export interface NewRunEvent {
  readonly type: RunEventType;
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * Appends events to a run. Counting up on the run's row locks it, so that numbers are handed out in the order of the commits and a
 * reader who has seen one has seen all before it.
 */
export async function appendEvents(
  manager: EntityManager,
  runId: string,
  events: readonly NewRunEvent[],
): Promise<void> {
  if (events.length === 0) return;
  await manager.increment(TrainingRun, { id: runId }, 'lastEvent', events.length);
  const { lastEvent } = await manager.findOneOrFail(TrainingRun, {
    where: { id: runId },
    select: { id: true, lastEvent: true },
  });
  const at = new Date();
  const first = lastEvent - events.length + 1;
  const rows = events.map((event, index) =>
    Object.assign(new RunEvent(), event, { runId, sequence: first + index, at }),
  );
  await manager.save(RunEvent, rows);
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
  await manager.insert(RunTransition, { id: newIdentifier(), runId, from, to, cause, workerId, at: new Date() });
  await appendEvents(manager, runId, [{ type: 'state', payload: { from, to, cause } }]);
}
