import { UnsupportedProgramError } from '../errors.js';
import type { ProgramResult } from '../engine.js';
import type { Recording } from './recording.js';

/**
 * Passes on what a program returned, unless that is a promise. What an asynchronous program does after its first `await` is
 * not recorded: nobody waits for it, and how it ends is nobody's error.
 */
export function refuseAsynchronous(label: string, recording: Recording, result: ProgramResult): ProgramResult {
  if (!(result instanceof Promise)) return result;
  result.catch(() => undefined);
  recording.throwIfRefused();
  throw new UnsupportedProgramError(
    `Program "${label}"`,
    'it is asynchronous: it returned a promise, and what it does after its first await is not recorded',
    'Write a function without async and await; replace ops whose names end in Async and reads like await x.data() by tf.where, ' +
      'or hand the tensor out as an output and read it after the run.',
  );
}
