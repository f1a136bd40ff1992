import { isRecord } from './guards.js';

/** Code of an error that the operating system answered (`ENOENT`, `ENOSPC`), and the call that it answered; undefined for any other error. */
export function systemErrorOf(error: unknown): { readonly code: string; readonly call: string } | undefined {
  if (!isRecord(error)) return undefined;
  const { code, syscall } = error;
  return typeof code === 'string' && typeof syscall === 'string' ? { code, call: syscall } : undefined;
}
