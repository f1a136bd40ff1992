import { startRaw } from '../peers/raw.mjs';
import { startTorch } from '../peers/torch.mjs';
import { LABELS, MODELS } from './models.mjs';
import { startOurs } from './ours.mjs';
import { startOnCard } from './on-card.mjs';

/** Prediction in float32: pictures to logits. */
export const PREDICTION_CASES = MODELS.map(({ name, ...model }) => ({
  name: `prediction-${name}`,
  repeats: 9,
  onCard: true,
  bars: [
    { over: 'PyTorch eager', atLeast: 1.5 },
    { over: 'exported, raw onnxruntime', atLeast: 1 },
  ],
  /** @returns warm contenders, ours first */
  start: async (tools) => {
    const setting = { kind: 'prediction', ...model, labels: LABELS, dropout: 0, threads: tools.threads };
    return tools.card === undefined ? onCpu(name, setting, tools) : startOnCard(name, setting, tools);
  },
}));

async function onCpu(name, setting, tools) {
  const contenders = [await tools.keep(startOurs(setting))];
  if (tools.python === undefined) return contenders;
  contenders.push(await tools.keep(startTorch('PyTorch eager', setting, tools)));
  contenders.push(await tools.keep(startTorch('PyTorch compile', setting, tools)));
  contenders.push(await tools.keep(startRaw(name, setting, tools)));
  return contenders;
}
