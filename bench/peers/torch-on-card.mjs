import { median } from '../harness/statistics.mjs';
import { torchContender } from './torch.mjs';

const TRIAL_RUNS = 5;
const WARM_UPS = 3;

/** With TF32 a product keeps 10 bits of the fraction of its operands. */
const LOGITS_WITH_TF32 = 3e-2;

/** By the name of the option `--peers`. */
const CONTENDERS = {
  eager: { name: 'PyTorch eager', compiled: false, tf32: false },
  compile: { name: 'PyTorch compile', compiled: true, tf32: false },
  tf32: { name: 'PyTorch eager, TF32', compiled: false, tf32: true, allowed: LOGITS_WITH_TF32 },
};

/**
 * Starts PyTorch on its device `cuda`: the contenders of {@link CONTENDERS} that were asked for, all at once, each in both memory formats.
 * @returns for each contender its candidates, for {@link chooseFaster}
 */
export function startTorchOnCard(setting, tools) {
  const asked = Object.entries(CONTENDERS).filter(([option]) => tools.card.peers.includes(option));
  return Promise.all(
    asked.map(([, { name, allowed, compiled, tf32 }]) =>
      // inductor chooses the layout of every convolution itself
      Promise.all(
        (compiled ? [true] : [false, true]).map((channelsLast) =>
          start(name, { channelsLast, compiled, tf32 }, allowed),
        ),
      ),
    ),
  );

  async function start(name, options, allowed) {
    const contender = await tools.keep(ready(torchContender(name, { ...setting, ...options }, 'standard', tools)));
    contender.allowed = allowed;
    return { contender, format: options.channelsLast ? 'channels last' : 'contiguous' };
  }
}

/** Of each contender the faster candidate; the others are stopped. */
export async function chooseFaster(candidates) {
  const chosen = [];
  for (const formats of candidates) {
    for (const format of formats) {
      await format.contender.ask('run', WARM_UPS);
      const { milliseconds } = await format.contender.ask('run', TRIAL_RUNS);
      format.milliseconds = median(milliseconds);
    }
    const [best, ...others] = formats.sort((a, b) => a.milliseconds - b.milliseconds);
    for (const { contender } of others) await contender.stop();
    const tried = formats.map(({ format, milliseconds }) => `${format} ${milliseconds.toFixed(1)} ms`).join(', ');
    best.contender.note = `${best.format} (tried: ${tried})`;
    chosen.push(best.contender);
  }
  return chosen;
}

async function ready(contender) {
  await contender.ready();
  return contender;
}
