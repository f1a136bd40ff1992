import { checkEquality } from '../harness/equality.mjs';
import { startTorch, torchContender } from '../peers/torch.mjs';
import { LABELS, MODELS } from './models.mjs';
import { startOurs } from './ours.mjs';
import { startOnCard } from './on-card.mjs';

const CHECKED_STEPS = 3;

/** A whole training step: forward with dropout 0.1, asymmetric loss, backward, AdamW, moving average. */
export const TRAINING_CASES = MODELS.map(({ name, ...model }) => ({
  name: `training-${name}`,
  repeats: 5,
  /** The logits of the first step differ: each side draws its own dropout. `start` compares without it. */
  compare: null,
  bars: [
    { over: 'PyTorch eager', atLeast: 1.15 },
    { over: 'PyTorch compile', atLeast: 1.15 },
  ],
  memoryOver: 'PyTorch eager',
  onCard: true,
  start: async (tools) => {
    const setting = { kind: 'training', ...model, labels: LABELS, dropout: 0.1, threads: tools.threads };
    if (tools.card === undefined) return onCpu(setting, tools);
    return startOnCard(name, setting, tools, () =>
      compareWithoutDropout({ ...setting, device: tools.card.device }, tools),
    );
  },
}));

async function onCpu(setting, tools) {
  await compareWithoutDropout(setting, tools);
  const contenders = [await tools.keep(startOurs(setting))];
  if (tools.python === undefined) return contenders;
  contenders.push(await tools.keep(startTorch('PyTorch eager', setting, tools)));
  contenders.push(await tools.keep(startTorch('PyTorch compile', setting, tools)));
  return contenders;
}

/** Logits of the first step and losses of the first three, without dropout, of ours and of PyTorch. */
async function compareWithoutDropout(given, tools) {
  if (tools.python === undefined) return;
  const setting = { ...given, dropout: 0 };
  const answers = [];
  for (const start of [
    () => startOurs(setting),
    async () => {
      const contender = torchContender('PyTorch eager', setting, 'standard', tools);
      await contender.ready();
      return contender;
    },
  ]) {
    const contender = await tools.keep(start());
    answers.push(await contender.ask('check', CHECKED_STEPS));
    await contender.stop();
  }
  tools.equality(checkEquality('PyTorch without dropout', ...answers));
}
