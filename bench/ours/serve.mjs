// A contender of the bench: the platform's own program on the engine. node serve.mjs SETTING, with SETTING as in peers/serve.py
import { createEngine } from '@query2label/engine';
import { serve } from '../harness/serve.mjs';
import { buildModel, startPrediction, startTraining } from './model.mjs';

const setting = JSON.parse(process.argv[2]);
const engine = await createEngine({
  threads: setting.threads,
  waiting: setting.waiting,
  executionProviders: [setting.device ?? 'cpu'],
});
const { run, report, norms } = await compile();
const { name, version, device } = engine.description;
await serve({ version: `${name} ${version}, ${device}`, report }, run, norms);

/** A function of its own, so that the first values are let go when it ends. */
async function compile() {
  const model = await buildModel(setting);
  const start = setting.kind === 'training' ? startTraining : startPrediction;
  const norms = Object.fromEntries(Object.entries(model.values).map(([key, { data }]) => [key, normOf(data)]));
  return { ...(await start(engine, model, setting)), norms };
}

function normOf(data) {
  let sum = 0;
  for (const value of data) sum += value * value;
  return Math.sqrt(sum);
}
