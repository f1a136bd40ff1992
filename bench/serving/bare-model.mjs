// The prediction program of a preset without a server: node bare-model.mjs PRESET BATCH THREADS SECONDS; prints images per second
import { createEngine } from '@query2label/engine';
import { formulaImages, formulaParameters } from '@query2label/sdk/testing';
import { presetPipeline } from '../start/preset-pipeline.mjs';

const [preset, ...numbers] = process.argv.slice(2);
const [batch, threads, seconds] = numbers.map(Number);
const { pipeline } = await presetPipeline(preset);
const { program, signature } = pipeline.predictionProgram(formulaParameters(pipeline.parameters), batch);
const engine = await createEngine({ threads });
const executable = await engine.compile(program, signature, { label: 'prediction' });
const images = formulaImages('bench', batch, pipeline.imageSize.width);
for (let warmUp = 0; warmUp < 3; warmUp += 1) await executable.run({ images });
const started = performance.now();
let runs = 0;
while (performance.now() - started < seconds * 1000) {
  await executable.run({ images });
  runs += 1;
}
process.stdout.write(String((1000 * runs * batch) / (performance.now() - started)));
