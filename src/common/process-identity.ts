import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { systemErrorOf } from './system-error.js';

/** What tells one process from every other one, on any machine. */
export const processIdentitySchema = z.strictObject({
  /** Machine, its boot and the namespace of process ids: only from the same one can `pid` be looked up. */
  place: z.string(),
  pid: z.int().positive(),
  /** Time of the start in ticks since the boot, so that a process id that was given out anew is noticed; null where the system does not tell. */
  started: z.string().nullable(),
});

export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

/** Of this process. */
export function ownIdentity(): ProcessIdentity {
  return { place: place(), pid: process.pid, started: startOf(process.pid) };
}

/**
 * Whether a process still runs; `unknown` where it cannot be seen from here: another machine, or another container.
 * It does not depend on any clock.
 */
export function fateOf({ place: where, pid, started }: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  if (where !== place()) return 'unknown';
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs as another user.
    if (systemErrorOf(error)?.code === 'ESRCH') return 'dead';
  }
  return startOf(pid) === started ? 'alive' : 'dead';
}

function place(): string {
  return [hostname(), told(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()), told(() => readlinkSync('/proc/self/ns/pid'))].join(' '); // prettier-ignore
}

/** Field 22 of `/proc/<pid>/stat`; the second one is a name in brackets that may hold blanks. */
function startOf(pid: number): string | null {
  const stat = told(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function told(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
