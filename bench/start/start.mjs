// Reads a checkpoint's parameters and compiles a program, as a process of the platform does when it starts: node start.mjs SETTING
// SETTING: { preset, kind: 'prediction' | 'training', batch, threads, folder, file, cache }; prints how long it took
import { createEngine } from '@query2label/engine';
import { readTensors } from '../../dist/checkpoint/container/read-container.js';
import { presetPipeline } from './preset-pipeline.mjs';

const { preset, kind, batch, threads, folder, file, cache } = JSON.parse(process.argv[2]);
const programs = await presetPipeline(preset);
const engine = await createEngine({ threads, cache: { folder: cache, maximumBytes: 2 ** 40 } });
const manifest = { id: preset, files: { 'parameters.safetensors': file } };
const [values, reading] = await timed(() => readTensors(folder, manifest, 'parameters'));
const { program, signature } = programs[kind](values, batch);
const [{ report }, compiling] = await timed(() => engine.compile(program, signature, { label: kind }));
process.stdout.write(JSON.stringify({ reading, compiling, report }));

async function timed(work) {
  const busy = process.cpuUsage();
  const start = performance.now();
  const result = await work();
  const milliseconds = performance.now() - start;
  const { user, system } = process.cpuUsage(busy);
  return [result, { milliseconds, processorMilliseconds: (user + system) / 1000 }];
}
