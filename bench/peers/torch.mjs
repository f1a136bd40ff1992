import { fileURLToPath } from 'node:url';
import { Contender } from '../harness/contender.mjs';
import { median } from '../harness/statistics.mjs';

const SERVE = fileURLToPath(new URL('serve.py', import.meta.url));
const TRIAL_RUNS = 3;

/** What is tried: memory formats under the standard waiting policy of OpenMP, then the better one with threads that sleep at once. */
const FORMATS = [{ channelsLast: false }, { channelsLast: true }];
const POLICIES = { standard: {}, passive: { OMP_WAIT_POLICY: 'PASSIVE' } };

/** PyTorch at its best: each setting is tried in a process of its own, the fastest is started again and kept. */
export async function startTorch(name, setting, tools) {
  const compiled = name.includes('compile');
  const trials = [];
  const attempt = async (format, policy) => {
    const contender = torchContender(name, { ...setting, ...format, compiled }, policy, tools);
    try {
      await contender.ready();
      await contender.ask('run', 1);
      const { milliseconds } = await contender.ask('run', TRIAL_RUNS);
      trials.push({ format, policy, milliseconds: median(milliseconds) });
    } finally {
      await contender.stop();
    }
  };
  const best = () => trials.reduce((a, b) => (b.milliseconds < a.milliseconds ? b : a));
  // inductor chooses the layout of every convolution itself
  for (const format of compiled ? FORMATS.slice(1) : FORMATS) await attempt(format, 'standard');
  await attempt(best().format, 'passive');
  const { format, policy } = best();
  const contender = torchContender(name, { ...setting, ...format, compiled }, policy, tools);
  await contender.ready();
  const trialText = trials.map((trial) => `${describe(trial)} ${trial.milliseconds.toFixed(0)} ms`).join(', ');
  contender.note = `${describe({ format, policy })} (tried: ${trialText})`;
  return contender;
}

function describe({ format, policy }) {
  return `${format.channelsLast ? 'channels last' : 'contiguous'}, ${policy} waiting`;
}

/** One setting of PyTorch; the format is contiguous and nothing compiled unless the setting says so. */
export function torchContender(name, setting, policy, { python, threads, cache }) {
  return new Contender(name, [python, SERVE, JSON.stringify({ channelsLast: false, compiled: false, ...setting })], {
    OMP_NUM_THREADS: String(threads),
    // Compiled code is kept from one bench to the next.
    TORCHINDUCTOR_CACHE_DIR: cache,
    ...POLICIES[policy],
  });
}
