import { spawnSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';

/** What the figures were measured on; a load above that of the bench itself makes them doubtful. */
export function describeMachine() {
  const all = cpus();
  return {
    processor: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryGibibytes: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    card: describeCard(),
    loadBefore: Number(loadavg()[0].toFixed(2)),
  };
}

/** Name and driver of the graphics cards that NVIDIA's driver knows. */
function describeCard() {
  const query = ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader'];
  const { status, stdout } = spawnSync('nvidia-smi', query, { encoding: 'utf8' });
  return status === 0 ? stdout.trim().split('\n').join('; ') : 'unknown (there is no nvidia-smi)';
}
