import { QueryFailedError } from 'typeorm';
import { isRecord } from '../common/guards.js';

/** `unique_violation` of PostgreSQL. */
const POSTGRESQL = '23505';
/** `SQLITE_CONSTRAINT_PRIMARYKEY` and `SQLITE_CONSTRAINT_UNIQUE`. */
const SQLITE: readonly unknown[] = [1555, 2067];

/** Whether a statement failed because another transaction had stored a row with the same key. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const cause: unknown = error.driverError;
  return isRecord(cause) && (cause.code === POSTGRESQL || SQLITE.includes(cause.errcode));
}
