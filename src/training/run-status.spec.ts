import { describe, expect, it } from '@jest/globals';
import { IllegalTransitionError, nextStatus } from './illegal-transition.error.js';
import { checkTransitions, RUN_EVENTS, type RunEventName, RunStatus, TRANSITIONS } from './run-status.js';

/** Every legal pair, written out a second time: state, event, next state. */
const LEGAL: readonly (readonly [string, RunEventName, string])[] = [
  ['QUEUED', 'claim', 'RUNNING'],
  ['QUEUED', 'pause', 'PAUSED'],
  ['QUEUED', 'cancel', 'CANCELLED'],
  ['RUNNING', 'pause', 'PAUSED'],
  ['RUNNING', 'cancel', 'CANCELLED'],
  ['RUNNING', 'interrupt', 'INTERRUPTED'],
  ['RUNNING', 'succeed', 'SUCCEEDED'],
  ['RUNNING', 'fail', 'FAILED'],
  ['PAUSED', 'resume', 'QUEUED'],
  ['PAUSED', 'cancel', 'CANCELLED'],
  ['INTERRUPTED', 'pause', 'PAUSED'],
  ['INTERRUPTED', 'resume', 'QUEUED'],
  ['INTERRUPTED', 'cancel', 'CANCELLED'],
  ['INTERRUPTED', 'fail', 'FAILED'],
  ['FAILED', 'resume', 'QUEUED'],
];
const PAIRS = Object.values(RunStatus).flatMap((status) => RUN_EVENTS.map((event) => [status, event] as const));

describe('the states of a run', () => {
  it.each(PAIRS)('%s, %s: leads to what the table says, or is refused with the legal events', (status, event) => {
    const next = LEGAL.find(([from, name]) => from === String(status) && name === event)?.[2];
    if (next !== undefined) {
      expect(nextStatus('a run', status, event)).toBe(next);
      return;
    }
    const allowed = LEGAL.filter(([from]) => from === String(status)).map(([, name]) => name);
    let thrown: unknown;
    try {
      nextStatus('a run', status, event);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(IllegalTransitionError);
    expect(thrown).toMatchObject({ code: 'ILLEGAL_TRANSITION', status, event });
    expect(thrown instanceof IllegalTransitionError && thrown.allowed.toSorted()).toEqual(allowed.toSorted());
    for (const name of allowed) expect(thrown).toMatchObject({ help: expect.stringContaining(name) });
  });

  it('are all reached from QUEUED and all come to an end; a table of which that is not true is refused', () => {
    expect(() => checkTransitions(TRANSITIONS)).not.toThrow();
    expect(() => checkTransitions({ ...TRANSITIONS, RUNNING: { ...TRANSITIONS.RUNNING, fail: undefined } })).not.toThrow(); // prettier-ignore
    expect(() => checkTransitions({ ...TRANSITIONS, RUNNING: { succeed: RunStatus.SUCCEEDED } })).toThrow(
      /nothing leads to: INTERRUPTED, FAILED/,
    );
    expect(() => checkTransitions({ ...TRANSITIONS, PAUSED: {} })).toThrow(/lead to no end: PAUSED/);
  });
});
