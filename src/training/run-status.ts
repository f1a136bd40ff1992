import { registerEnumType } from '@nestjs/graphql';

export enum RunStatus {
  QUEUED = 'QUEUED',
  RUNNING = 'RUNNING',
  PAUSED = 'PAUSED',
  INTERRUPTED = 'INTERRUPTED',
  SUCCEEDED = 'SUCCEEDED',
  FAILED = 'FAILED',
  CANCELLED = 'CANCELLED',
}

registerEnumType(RunStatus, {
  name: 'TrainingRunStatus',
  description: 'How far a training run is.',
  valuesMap: {
    QUEUED: { description: 'Waits for a worker.' },
    RUNNING: { description: 'A worker trains it.' },
    PAUSED: { description: 'Rests until it is resumed.' },
    INTERRUPTED: {
      description: 'Its worker died or was stopped; it goes on by itself unless its recipe says otherwise.',
    },
    SUCCEEDED: { description: 'Trained to the end.' },
    FAILED: { description: 'Ended with an error; see problem. It can be resumed from its last checkpoint.' },
    CANCELLED: { description: 'Ended on request.' },
  },
});

/** What can happen to a run. */
export const RUN_EVENTS = ['claim', 'pause', 'resume', 'cancel', 'interrupt', 'succeed', 'fail'] as const;
export type RunEventName = (typeof RUN_EVENTS)[number];

/** What each event leads to from each state; events that are left out are illegal there. */
export type TransitionTable = Readonly<Record<RunStatus, Readonly<Partial<Record<RunEventName, RunStatus>>>>>;

/** The one table of legal transitions: what each event leads to from each state. */
export const TRANSITIONS: TransitionTable = {
  [RunStatus.QUEUED]: { claim: RunStatus.RUNNING, pause: RunStatus.PAUSED, cancel: RunStatus.CANCELLED },
  [RunStatus.RUNNING]: {
    pause: RunStatus.PAUSED,
    cancel: RunStatus.CANCELLED,
    interrupt: RunStatus.INTERRUPTED,
    succeed: RunStatus.SUCCEEDED,
    fail: RunStatus.FAILED,
  },
  [RunStatus.PAUSED]: { resume: RunStatus.QUEUED, cancel: RunStatus.CANCELLED },
  [RunStatus.INTERRUPTED]: {
    pause: RunStatus.PAUSED,
    resume: RunStatus.QUEUED,
    cancel: RunStatus.CANCELLED,
    fail: RunStatus.FAILED,
  },
  [RunStatus.SUCCEEDED]: {},
  [RunStatus.FAILED]: { resume: RunStatus.QUEUED },
  [RunStatus.CANCELLED]: {},
};

/** Whether a run in this state is over unless someone resumes it. */
export function isFinished(status: RunStatus): boolean {
  return status === RunStatus.SUCCEEDED || status === RunStatus.FAILED || status === RunStatus.CANCELLED;
}

/**
 * Checks that every state can be reached from QUEUED, and that from every one a run can still come to an end.
 * @throws if the table was broken by a change; every process that has to do with runs checks at its start
 */
export function checkTransitions(table: TransitionTable): void {
  const states = Object.values(RunStatus);
  const reached = reachableFrom(table, RunStatus.QUEUED);
  const unreachable = states.filter((state) => !reached.has(state));
  if (unreachable.length > 0) throw new Error(`Run states that nothing leads to: ${unreachable.join(', ')}.`);
  const stuck = states.filter((state) => ![...reachableFrom(table, state)].some(isFinished));
  if (stuck.length > 0) throw new Error(`Run states that lead to no end: ${stuck.join(', ')}.`);
}

function reachableFrom(table: TransitionTable, start: RunStatus): ReadonlySet<RunStatus> {
  const reached = new Set([start]);
  for (const state of reached) {
    for (const next of Object.values(table[state])) if (next !== undefined) reached.add(next);
  }
  return reached;
}
