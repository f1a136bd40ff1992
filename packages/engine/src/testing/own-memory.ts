import { readFileSync } from 'node:fs';

/**
 * Bytes that this process alone holds in memory or in the swap space. Pages of files, which the system may drop and read again as it likes, are not
 * counted where it tells them apart (Linux).
 */
export function ownMemory(): number {
  if (process.platform !== 'linux') return process.memoryUsage().rss;
  return ownMemoryIn(readFileSync('/proc/self/status', 'utf8'));
}

/** @param status as /proc/self/status tells */
export function ownMemoryIn(status: string): number {
  return (kibibytesOf(status, 'RssAnon') + kibibytesOf(status, 'VmSwap')) * 1024;
}

/** @throws Error if the line is not there */
function kibibytesOf(status: string, name: string): number {
  const [, kibibytes] = new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(status) ?? [];
  if (kibibytes === undefined) throw new Error(`/proc/self/status has no line ${name} in kB:\n${status}`);
  return Number(kibibytes);
}
