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

/** The one table of legal transitions: what each event leads to from each state. */
export const TRANSITIONS: Readonly<Record<RunStatus, Readonly<Partial<Record<RunEventName, RunStatus>>>>> = {
  [RunStatus.QUEUED]: { claim: RunStatus.RUNNING, pause: RunStatus.PAUSED, cancel: RunStatus.CANCELLED },
  [RunStatus.RUNNING]: {
    pause: RunStatus.PAUSED,
    cancel: RunStatus.CANCELLED,
    interrupt: RunStatus.INTERRUPTED,
    succeed: RunStatus.SUCCEEDED,
    fail: RunStatus.FAILED,
  },
  [RunStatus.PAUSED]: { resume: RunStatus.QUEUED, cancel: RunStatus.CANCELLED },
  [RunStatus.INTERRUPTED]: { resume: RunStatus.QUEUED, cancel: RunStatus.CANCELLED, fail: RunStatus.FAILED },
  [RunStatus.SUCCEEDED]: {},
  [RunStatus.FAILED]: { resume: RunStatus.QUEUED },
  [RunStatus.CANCELLED]: {},
};

/** Whether a run in this state is over unless someone resumes it. */
export function isFinished(status: RunStatus): boolean {
  return status === RunStatus.SUCCEEDED || status === RunStatus.FAILED || status === RunStatus.CANCELLED;
}
