import { cpus, loadavg, totalmem } from 'node:os';

/** What the figures were measured on; a load above that of the bench itself makes them doubtful. */
export function describeMachine() {
  const all = cpus();
  return {
    processor: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryGibibytes: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    loadBefore: Number(loadavg()[0].toFixed(2)),
  };
}
