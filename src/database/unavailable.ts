import { setTimeout as delay } from 'node:timers/promises';
import { QueryRunnerAlreadyReleasedError } from 'typeorm';
import { isRecord } from '../common/guards.js';
import { isBusyError } from './sqlite/sqlite-error.js';

/** Between two attempts while the database is away, in milliseconds. */
const PAUSE = 250;
const NETWORK = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND'];
/** PostgreSQL: class 08 (connection), 53300 (too many connections), 57P01 to 57P03 (shutting down, crashed, starting), 57P05 (idle for too long). */
const STATES = /^(08...|53300|57P0[1235])$/;
/** Errors of the `pg` driver that carry no code. */
const MESSAGES = /Connection terminated|connection error and is not queryable|Client was closed|timeout exceeded when trying to connect/; // prettier-ignore

/** Whether an error says that the database cannot be reached or is locked by someone else, for now, rather than that the query is wrong. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!isRecord(error)) return false;
  if (isBusyError(error)) return true;
  // A transaction whose connection died between two of its queries: TypeORM has let go of it, and no longer says why.
  if (error instanceof QueryRunnerAlreadyReleasedError) return true;
  const { code, message, driverError, cause, errors } = error;
  if (typeof code === 'string' && (NETWORK.includes(code) || STATES.test(code))) return true;
  if (typeof message === 'string' && MESSAGES.test(message)) return true;
  if (Array.isArray(errors) && errors.some(isDatabaseUnavailable)) return true;
  return [driverError, cause].some((inner) => inner !== error && isDatabaseUnavailable(inner));
}

/**
 * Does the work, again and again while the database is away. A transaction whose commit was cut off may be done twice: the work must
 * recognise that.
 * @param patience milliseconds until the database's error is thrown, measured by the monotonic clock
 */
export async function untilDatabaseAvailable<T>(work: () => Promise<T>, patience: number): Promise<T> {
  const deadline = performance.now() + patience;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isDatabaseUnavailable(error) || performance.now() + PAUSE > deadline) throw error;
      await delay(PAUSE);
    }
  }
}
