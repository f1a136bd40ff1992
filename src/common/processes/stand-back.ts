import { getPriority, setPriority } from 'node:os';

/**
 * Lets a process that has just been started, and the threads that it will make, stand back where others want the same core: whoever waits for
 * an answer goes before work of hours. A system that refuses keeps the priority as it is.
 * @param pid of the process; undefined if it could not be started
 * @param niceness 0 (not at all) to 19 (only where nobody else wants the core)
 */
export function standBack(pid: number | undefined, niceness: number): void {
  if (pid === undefined || niceness === 0) return;
  try {
    setPriority(pid, Math.max(niceness, getPriority()));
  } catch {
    // It may have ended already; an operator may have given the whole service less than this.
  }
}
