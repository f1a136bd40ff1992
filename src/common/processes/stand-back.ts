import { getPriority, setPriority } from 'node:os';

/** No process stands back further. */
const FURTHEST = 19;

/**
 * Lets a process that has just been started, and the threads that it will make, stand back where others want the same core: whoever waits for
 * an answer goes before work of hours. A system that refuses keeps the priority as it is.
 * @param pid of the process; undefined if it could not be started
 * @param niceness how much further than this process: 0 (not at all) to 19 (only where nobody else wants the core)
 */
export function standBack(pid: number | undefined, niceness: number): void {
  if (pid === undefined || niceness === 0) return;
  try {
    setPriority(pid, Math.min(FURTHEST, getPriority() + niceness));
  } catch {
    // It may have ended already.
  }
}
