import { checkEquality } from '../harness/equality.mjs';
import { startTorch, torchContender } from '../peers/torch.mjs';
import { LABELS, MODELS } from './models.mjs';
import { startOurs } from './ours.mjs';

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
  start: async (tools) => {
    const setting = { kind: 'training', ...model, labels: LABELS, dropout: 0.1, threads: tools.threads };
    if (tools.python !== undefined) tools.equality(await compareWithoutDropout({ ...setting, dropout: 0 }, tools));
    const contenders = [await tools.keep(startOurs(setting))];
    if (tools.python === undefined) return contenders;
    contenders.push(await tools.keep(startTorch('PyTorch eager', setting, tools)));
    contenders.push(await tools.keep(startTorch('PyTorch compile', setting, tools)));
    return contenders;
  },
}));

/** Logits of the first step and losses of the first three, one contender after the other. */
async function compareWithoutDropout(setting, tools) {
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
  return checkEquality('PyTorch without dropout', ...answers);
}
