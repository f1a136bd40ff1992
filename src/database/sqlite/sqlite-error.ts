import { isRecord } from '../../common/guards.js';

const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;

/** Another connection holds the lock. */
export function isBusyError(error: unknown): boolean {
  return primaryCode(error) === SQLITE_BUSY;
}

/** A write was tried on a connection that only reads. */
export function isReadOnlyError(error: unknown): boolean {
  return primaryCode(error) === SQLITE_READONLY;
}

function primaryCode(error: unknown): number | undefined {
  if (!isRecord(error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}
