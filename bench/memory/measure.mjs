// Runs a program in a process of its own and says how much memory it took: node measure.mjs SETTING
// SETTING: { kind: 'prediction' | 'training', depth, size, batch, labels, dropout, threads, runs }
import { createEngine } from '@query2label/engine';
import { forgetPeak, peakBytes, settledBytes } from './process-memory.mjs';
import { runSomething, startProgram } from './start-program.mjs';

const setting = JSON.parse(process.argv[2]);
const engine = await createEngine({ threads: setting.threads });
await runSomething(engine, setting);
const empty = await settledBytes();
const { run, needs } = await startProgram(engine, setting);
const idle = await settledBytes();
forgetPeak();
for (let count = 0; count < setting.runs; count += 1) await run();
process.stdout.write(JSON.stringify({ empty, idle, peak: peakBytes(), afterwards: await settledBytes(), needs }));
