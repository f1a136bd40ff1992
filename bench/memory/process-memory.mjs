// Memory of this process, in bytes; Linux only.
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Resident memory now, threads included. */
export const residentBytes = () => statusOf('VmRSS');

/** The most resident memory since the last `forgetPeak`. */
export const peakBytes = () => statusOf('VmHWM');

export function forgetPeak() {
  writeFileSync('/proc/self/clear_refs', '5');
}

/** Resident memory once what nobody uses is gone; needs `--expose-gc`. */
export async function settledBytes() {
  for (let time = 0; time < 3; time += 1) {
    globalThis.gc();
    await delay(50);
  }
  return residentBytes();
}

function statusOf(name) {
  return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
}
