import { appendFileSync } from 'node:fs';

export interface Attempts {
  /** What was done to the platform, for example `worker killed by SIGKILL`. */
  readonly fault: string;
  /** What it was done to: a database engine, a file, a process. */
  readonly where: string;
  /** How often it was done. */
  readonly tried: number;
  /** How often all that is promised held afterwards; the others count as lost. */
  readonly survived: number;
}

/** Notes attempts for the table that `npm run test:faults` prints at its end. */
export function recordAttempts(attempts: Attempts): void {
  const file = process.env.Q2L_FAULT_RECORD;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(attempts)}\n`);
}

/**
 * Does something to the platform and checks what is promised afterwards: it survived if the work returns, and was lost if it throws.
 * @param times how many faults the work consists of
 */
export async function tryFault(fault: string, where: string, work: () => Promise<void>, times = 1): Promise<void> {
  try {
    await work();
  } catch (error) {
    recordAttempts({ fault, where, tried: times, survived: 0 });
    throw error;
  }
  recordAttempts({ fault, where, tried: times, survived: times });
}
