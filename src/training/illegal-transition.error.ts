import { ExpectedError } from '../common/errors/index.js';
import { alternatives } from '../common/text/index.js';
import { RUN_EVENTS, type RunEventName, type RunStatus, TRANSITIONS } from './run-status.js';

/** An event that the state of the run does not allow; it names those that it does. */
export class IllegalTransitionError extends ExpectedError {
  override readonly name = 'IllegalTransitionError';
  readonly allowed: readonly RunEventName[];

  constructor(
    readonly runId: string,
    readonly status: RunStatus,
    readonly event: RunEventName,
  ) {
    const allowed = RUN_EVENTS.filter((name) => TRANSITIONS[status][name] !== undefined);
    super('ILLEGAL_TRANSITION', `Run ${runId} is ${status}: "${event}" is not possible.`, {
      help: `Possible in this state: ${alternatives(allowed)}.`,
      details: { runId, status, event, allowed },
    });
    this.allowed = allowed;
  }
}

/** The state that an event leads to. @throws IllegalTransitionError */
export function nextStatus(runId: string, status: RunStatus, event: RunEventName): RunStatus {
  const next = TRANSITIONS[status][event];
  if (next === undefined) throw new IllegalTransitionError(runId, status, event);
  return next;
}
