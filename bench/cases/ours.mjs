import { fileURLToPath } from 'node:url';
import { allocatorSettings } from '../../dist/common/processes/allocator-settings.js';
import { Contender } from '../harness/contender.mjs';
import { median } from '../harness/statistics.mjs';

const SERVE = fileURLToPath(new URL('../ours/serve.mjs', import.meta.url));
const TRIAL_RUNS = 3;

export const OURS = 'ours';

/**
 * Ours with the better way for its threads to wait, tried as the peers' is; with one thread nothing waits, and on a card no thread computes.
 * @param setting its `device` is the execution provider, the CPU's if it is left out
 */
export async function startOurs(setting, name = OURS) {
  const isSettled = setting.waiting !== undefined || setting.device !== undefined;
  if (setting.threads === 1 || isSettled) return started(setting, name);
  const trials = [];
  for (const waiting of ['sleep', 'spin']) {
    const contender = contenderOf({ ...setting, waiting }, name);
    try {
      await contender.ready();
      await contender.ask('run', 1);
      const { milliseconds } = await contender.ask('run', TRIAL_RUNS);
      trials.push({ waiting, milliseconds: median(milliseconds) });
    } finally {
      await contender.stop();
    }
  }
  const { waiting } = trials.reduce((a, b) => (b.milliseconds < a.milliseconds ? b : a));
  const contender = await started({ ...setting, waiting }, name);
  const tried = trials.map((trial) => `${trial.waiting} ${trial.milliseconds.toFixed(0)} ms`).join(', ');
  contender.note = `threads wait by ${waiting} (tried: ${tried})`;
  return contender;
}

async function started(setting, name) {
  const contender = contenderOf(setting, name);
  await contender.ready();
  return contender;
}

function contenderOf(setting, name) {
  return new Contender(name, [process.execPath, SERVE, JSON.stringify(setting)], allocatorSettings());
}
