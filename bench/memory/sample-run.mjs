// Runs a program in a process of its own and says how much memory it had at each moment of a run: node sample-run.mjs SETTING
// SETTING: as of measure.mjs, and everyMilliseconds; the last of its runs is looked at
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createEngine } from '@query2label/engine';
import { settledBytes } from './process-memory.mjs';
import { runSomething, startProgram } from './start-program.mjs';

const setting = JSON.parse(process.argv[2]);
const engine = await createEngine({ threads: setting.threads });
await runSomething(engine, setting);
const empty = await settledBytes();
const { run, needs } = await startProgram(engine, setting);
for (let count = 1; count < setting.runs; count += 1) await run();
const idle = await settledBytes();

const stop = new Int32Array(new SharedArrayBuffer(4));
const sampler = new Worker(new URL('sampler.mjs', import.meta.url), {
  workerData: { stop, everyMilliseconds: setting.everyMilliseconds },
});
await once(sampler, 'message');
const begin = now();
await run();
const end = now();
Atomics.store(stop, 0, 1);
Atomics.notify(stop, 0);
const [samples] = await once(sampler, 'message');

process.stdout.write(JSON.stringify({ empty, idle, needs, milliseconds: end - begin, samples: during(samples) }));

function now() {
  return performance.timeOrigin + performance.now();
}

/** Samples of the run, with times from its beginning. */
function during(all) {
  return all.flatMap(([time, bytes]) => (time < begin || time > end ? [] : [[time - begin, bytes]]));
}
