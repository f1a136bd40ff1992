// Writes parameters of a preset from a formula as a checkpoint holds them: node write-parameters.mjs PRESET FOLDER; prints size and SHA-256
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { formulaParameters } from '@query2label/sdk/testing';
import { writeSafetensors } from '../../dist/common/safetensors/index.js';
import { presetPipeline } from './preset-pipeline.mjs';

const [preset, folder] = process.argv.slice(2);
const { pipeline } = await presetPipeline(preset);
const file = await open(join(folder, 'parameters.safetensors'), 'wx');
const written = await writeSafetensors(file, formulaParameters(pipeline.parameters), { format: 'pt' });
await file.close();
process.stdout.write(JSON.stringify(written));
