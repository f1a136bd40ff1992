import { EngineError } from '../errors.js';

/** @throws EngineError unless it is a whole number from 1 */
export function checkThreads(threads: number): number {
  if (Number.isInteger(threads) && threads >= 1) return threads;
  throw new EngineError(`An engine takes a whole number of threads from 1; it received ${threads}.`);
}
