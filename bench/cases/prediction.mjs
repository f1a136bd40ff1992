import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Contender } from '../harness/contender.mjs';
import { startTorch } from '../peers/torch.mjs';
import { LABELS, MODELS } from './models.mjs';
import { startOurs } from './ours.mjs';

const EXPORT = fileURLToPath(new URL('../peers/export_onnx.py', import.meta.url));
const RAW = fileURLToPath(new URL('../peers/raw-onnxruntime.mjs', import.meta.url));

/** Prediction in float32: pictures to logits. */
export const PREDICTION_CASES = MODELS.map(({ name, ...model }) => ({
  name: `prediction-${name}`,
  repeats: 9,
  bars: [
    { over: 'PyTorch eager', atLeast: 1.5 },
    { over: 'exported, raw onnxruntime', atLeast: 1 },
  ],
  /** @returns warm contenders, ours first */
  start: async (tools) => {
    const setting = { kind: 'prediction', ...model, labels: LABELS, dropout: 0, threads: tools.threads };
    const contenders = [await tools.keep(startOurs(setting))];
    if (tools.python === undefined) return contenders;
    contenders.push(await tools.keep(startTorch('PyTorch eager', setting, tools)));
    contenders.push(await tools.keep(startTorch('PyTorch compile', setting, tools)));
    contenders.push(await tools.keep(startRaw(name, setting, tools)));
    return contenders;
  },
}));

async function startRaw(name, setting, { python, folder }) {
  const target = join(folder, name);
  mkdirSync(target);
  const file = join(target, 'model.onnx');
  execFileSync(python, [EXPORT, JSON.stringify(setting), file], { stdio: 'pipe' });
  const contender = new Contender('exported, raw onnxruntime', [process.execPath, RAW, JSON.stringify(setting), file]);
  await contender.ready();
  return contender;
}
