import { QueryFailedError } from 'typeorm';
import { isRecord } from '../common/guards.js';

/** Whether a statement failed because another transaction had stored a row with the same key. */
export function isUniqueViolation(error: unknown): boolean {
  // unique_violation of PostgreSQL; SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE
  return violates(error, '23505', [1555, 2067]);
}

/** Whether a statement failed because other rows refer to what it was to delete, or what it refers to is not there. */
export function isForeignKeyViolation(error: unknown): boolean {
  // foreign_key_violation of PostgreSQL; SQLITE_CONSTRAINT_FOREIGNKEY
  return violates(error, '23503', [787]);
}

function violates(error: unknown, postgresql: string, sqlite: readonly unknown[]): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const cause: unknown = error.driverError;
  return isRecord(cause) && (cause.code === postgresql || sqlite.includes(cause.errcode));
}
