import { registerEnumType } from '@nestjs/graphql';

export enum RunStatus {
  Queued = 'QUEUED',
  Running = 'RUNNING',
  Paused = 'PAUSED',
  Interrupted = 'INTERRUPTED',
  Succeeded = 'SUCCEEDED',
  Failed = 'FAILED',
  Cancelled = 'CANCELLED',
}

registerEnumType(RunStatus, {
  name: 'TrainingRunStatus',
  description: 'How far a training run is.',
  valuesMap: {
    Queued: { description: 'Waits for a worker.' },
    Running: { description: 'A worker trains it.' },
    Paused: { description: 'Rests until it is resumed.' },
    Interrupted: {
      description: 'Its worker died or was stopped; it goes on by itself unless its recipe says otherwise.',
    },
    Succeeded: { description: 'Trained to the end.' },
    Failed: { description: 'Ended with an error; see problem. It can be resumed from its last checkpoint.' },
    Cancelled: { description: 'Ended on request.' },
  },
});

/** What can happen to a run. */
export const RUN_EVENTS = ['claim', 'pause', 'resume', 'cancel', 'interrupt', 'succeed', 'fail'] as const;
export type RunEventName = (typeof RUN_EVENTS)[number];

/** The one table of legal transitions: what each event leads to from each state. */
export const TRANSITIONS: Readonly<Record<RunStatus, Readonly<Partial<Record<RunEventName, RunStatus>>>>> = {
  [RunStatus.Queued]: { claim: RunStatus.Running, pause: RunStatus.Paused, cancel: RunStatus.Cancelled },
  [RunStatus.Running]: {
    pause: RunStatus.Paused,
    cancel: RunStatus.Cancelled,
    interrupt: RunStatus.Interrupted,
    succeed: RunStatus.Succeeded,
    fail: RunStatus.Failed,
  },
  [RunStatus.Paused]: { resume: RunStatus.Queued, cancel: RunStatus.Cancelled },
  [RunStatus.Interrupted]: { resume: RunStatus.Queued, cancel: RunStatus.Cancelled, fail: RunStatus.Failed },
  [RunStatus.Succeeded]: {},
  [RunStatus.Failed]: { resume: RunStatus.Queued },
  [RunStatus.Cancelled]: {},
};

/** Whether a run in this state is over unless someone resumes it. */
export function isFinished(status: RunStatus): boolean {
  return status === RunStatus.Succeeded || status === RunStatus.Failed || status === RunStatus.Cancelled;
}
