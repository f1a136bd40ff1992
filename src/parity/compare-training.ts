import type { NamedValues, TensorValue } from '@query2label/engine';
import { type Comparison, norm } from './comparison.js';
import type { Evaluator } from './evaluator.js';
import type { ReferenceFile, ReferenceTraining as ExpectedTraining } from './reference-file.js';
import type { ReferenceTraining } from './reference-training.js';
import { type Tolerances, tolerancesOf } from './tolerances.js';

/** Training steps that a reference file has. */
export const REFERENCE_STEPS = 5;
/** What five steps of AdamW at a learning rate of 1e-4 can change an element by. */
const LARGEST_CHANGE = 5e-4;

interface Setting {
  readonly expected: ExpectedTraining;
  readonly tolerances: Tolerances;
  readonly values: NamedValues;
  /** Below this norm a gradient is rounding noise, which AdamW turns into steps as large as any. */
  readonly noise: number;
}

interface TrainingTools {
  readonly evaluator: Evaluator;
  readonly images: TensorValue;
  readonly tick: (stage: string) => void;
  readonly steps: number;
}

/**
 * Gradients of all parameters, five steps of AdamW, moving averages, and what the model predicts after them.
 * @param evaluator its weights are replaced by those after training
 * @param tick called after each stage
 * @param steps at least 1; with fewer than 5, averages and what is predicted after them are left out
 */
export async function compareTraining(
  comparison: Comparison,
  file: ReferenceFile,
  expected: ExpectedTraining,
  values: NamedValues,
  training: ReferenceTraining,
  { evaluator, images, tick, steps }: TrainingTools,
): Promise<void> {
  const tolerances = tolerancesOf(file);
  const largest = Math.max(...Object.values(expected.grad).map((gradient) => gradient?.norm64 ?? 0));
  const setting = { expected, tolerances, values, noise: 1e-5 * largest };
  for (let step = 0; step < Math.min(steps, expected.losses.length); step += 1) {
    const { loss, logits } = await training.next();
    tick(`step ${step + 1}`);
    const tolerance = tolerances.losses[step];
    const target = expected.losses_float64[step] ?? expected.losses[step];
    if (tolerance !== undefined)
      comparison.add('step losses', Math.abs(loss / target - 1), tolerance, `step ${step + 1}`);
    if (step > 0) continue;
    comparison.values('training logits', logits, expected.train_logits.flat(), tolerances.trainingLogits);
    await compareGradients(comparison, setting, largest, training);
    await compareFirstStep(comparison, setting, training);
  }
  if (steps < REFERENCE_STEPS) return;
  await compareTrained(comparison, setting, training);
  tick('averages');
  if (tolerances.trainedLogits === undefined) return;
  const check = async (kind: string, which: 'value' | 'average', wanted: readonly number[]): Promise<void> => {
    for (const name of Object.keys(expected.after_step5)) {
      const data = (await training.trained(name))[which];
      await evaluator.load({ [name]: { ...values[name], data } });
    }
    const { logits } = await evaluator.run(images);
    comparison.values(kind, logits.data, wanted, tolerances.trainedLogits ?? 0);
  };
  await check('trained logits', 'value', expected.logits_after_step5_eval_mode.flat());
  await check('average logits', 'average', expected['ema_logits_0.5_eval_mode'].flat());
}

async function compareGradients(
  comparison: Comparison,
  { expected, tolerances }: Setting,
  largest: number,
  training: ReferenceTraining,
): Promise<void> {
  for (const [name, gradient] of Object.entries(expected.grad)) {
    if (gradient === null) continue;
    const found = await training.firstGradient(name);
    // gradients that are zero in theory hold rounding noise
    const scale = gradient.norm64 + (1e-7 * largest) / tolerances.gradientNorm;
    comparison.add('gradients', Math.abs(norm(found) - gradient.norm64) / scale, tolerances.gradientNorm, name);
    const last = gradient.index.length - 1;
    const difference = Math.abs(found[gradient.index[last]] - gradient.value64[last]);
    const elementScale = gradient.norm64 + (1e-7 * largest) / tolerances.gradientElement;
    comparison.add('gradient elements', difference / elementScale, tolerances.gradientElement, name);
  }
}

async function compareFirstStep(comparison: Comparison, setting: Setting, training: ReferenceTraining): Promise<void> {
  for (const [name, [, change]] of Object.entries(setting.expected.step1)) {
    const found = norm(await training.parameter(name), setting.values[name].data);
    const scale = change + noiseOf(setting, name) / 5;
    comparison.add('first step', Math.abs(found - change) / scale, setting.tolerances.change, name);
  }
}

async function compareTrained(comparison: Comparison, setting: Setting, training: ReferenceTraining): Promise<void> {
  const { expected, values, tolerances } = setting;
  for (const [name, after] of Object.entries(expected.after_step5)) {
    const { value, average, officialAverage } = await training.trained(name);
    const start = values[name].data;
    const noise = noiseOf(setting, name);
    const compare = (kind: string, found: number, wanted: number, allowed: number): void =>
      comparison.add(kind, Math.abs(found - wanted) / (wanted + noise), allowed, name);
    compare('weights after 5', norm(value), after.norm, tolerances.change);
    compare('changes', norm(value, start), after.delta, tolerances.change);
    compare('averages', norm(average, start), after.ema05_delta, tolerances.change);
    // near the resolution of float32
    const resolution = 2e-7 * after.norm;
    const slow = Math.abs(norm(officialAverage, start) - after.ema_delta);
    comparison.add('slow averages', slow / (after.ema_delta + resolution + noise), tolerances.slowChange, name);
  }
}

/** What noise in the gradient of a parameter may change it by; 0 where the gradient is none. */
function noiseOf({ expected, values, noise }: Setting, name: string): number {
  const gradient = expected.grad[name];
  const isNoisy = gradient !== undefined && (gradient === null || gradient.norm64 < noise);
  // theory gives the biases of keys no gradient, nor the weights of queries and keys where all values are equal
  const isPacked = /(in_proj_bias|qkv\.bias|proj_k\.bias|decoder\.layers\.0\.self_attn\.in_proj_weight)$/.test(name);
  if (!isNoisy && !isPacked) return 0;
  return (LARGEST_CHANGE * Math.sqrt(values[name].data.length)) / 0.02;
}
