// Runs a program in a process of its own and says how much memory it took: node measure.mjs SETTING
// SETTING: { kind: 'prediction' | 'training', depth, size, batch, labels, dropout, threads, runs }
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { createEngine, programCost } from '@query2label/engine';
import { tf } from '@query2label/sdk';
import { buildModel, programOf, startPrediction, startTraining } from '../ours/model.mjs';

const setting = JSON.parse(process.argv[2]);
const engine = await createEngine({ threads: setting.threads });
await runSomething();
const empty = await settled();
const { run, needs } = await start();
const idle = await settled();
forgetPeak();
for (let count = 0; count < setting.runs; count += 1) await run();
process.stdout.write(JSON.stringify({ empty, idle, peak: statusOf('VmHWM'), afterwards: await settled(), needs }));

/** A function of its own, so that the first values are let go when it ends. */
async function start() {
  const model = await buildModel(setting);
  const { program, signature } = programOf(model, setting);
  const needs = programCost(setting.kind, program, signature);
  const begin = setting.kind === 'training' ? startTraining : startPrediction;
  return { needs, ...(await begin(engine, model, setting)) };
}

/** Loads all that any program needs. */
async function runSomething() {
  const spec = { dtype: 'float32', shape: [1, 8, 8, 3] };
  const executable = await engine.compile(({ inputs: { x } }) => ({ outputs: { y: tf.relu(x) } }), {
    ...{ constants: {}, state: {}, inputs: { x: spec } },
  });
  await executable.run({ x: { ...spec, data: new Float32Array(192) } });
  await buildModel({ ...setting, depth: 18, size: 32, batch: 1 });
  await executable.dispose();
}

/** Bytes of the process once what nobody uses is gone. */
async function settled() {
  for (let time = 0; time < 3; time += 1) {
    globalThis.gc();
    await delay(50);
  }
  return statusOf('VmRSS');
}

function forgetPeak() {
  writeFileSync('/proc/self/clear_refs', '5');
}

function statusOf(name) {
  return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
}
