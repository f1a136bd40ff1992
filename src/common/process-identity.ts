import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemErrorOf } from './system-error.js';

/** What tells one process from every other one, on any machine. */
export interface ProcessIdentity {
  /** Hash of the machine, its boot and its namespace of process ids: only from the same place can `pid` be looked up. */
  readonly place: string;
  readonly pid: number;
  /** Time of the start in ticks since the boot, so that a process id that was given out anew is noticed; 0 where the system does not tell. */
  readonly started: number;
}

/** Of this process. */
export function ownIdentity(): ProcessIdentity {
  return { place: place(), pid: process.pid, started: startOf(process.pid) };
}

/** As a text that may be part of a file name. */
export function identityText({ place, pid, started }: ProcessIdentity): string {
  return `${place}-${pid}-${started}`;
}

/** @returns undefined if the text is not one of `identityText` */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  const match = /^([0-9a-f]{16})-(\d+)-(\d+)$/.exec(text);
  return match === null ? undefined : { place: match[1], pid: Number(match[2]), started: Number(match[3]) };
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
  const boot = told(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const namespace = told(() => readlinkSync('/proc/self/ns/pid'));
  return createHash('sha256').update([hostname(), boot, namespace].join('\n')).digest('hex').slice(0, 16);
}

/** Field 22 of `/proc/<pid>/stat`; the second one is a name in brackets that may hold blanks. */
function startOf(pid: number): number {
  const stat = told(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[19] ?? 0);
}

function told(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
