import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { GraphqlClient } from '../../dist/client/graphql-client.js';
import { IMPORT_CHECKPOINT } from '../../dist/client/operations/checkpoints.js';
import { CREATE_PIPELINE } from '../../dist/client/operations/pipelines.js';
import { PREDICT } from '../../dist/client/operations/predictions.js';
import { settled } from '../../dist/client/refusal.js';
import { startPlatform } from '../../dist/demo/platform-process.js';
import { presetNamed } from '../../dist/pipeline/presets/presets.js';

const WRITE_PARAMETERS = fileURLToPath(new URL('../start/write-parameters.mjs', import.meta.url));
/** As photos come from the web, and as COCO has them. */
const [WIDTH, HEIGHT, PICTURES] = [640, 480, 8];
const TOP = 5;

/**
 * Starts the built server in a folder, with a preset and parameters of the formula.
 * @returns `ask(number)`, which predicts one of a few uploaded photos, and `stop()`
 */
export async function servePreset({ preset, threads, folder }) {
  execFileSync(process.execPath, [WRITE_PARAMETERS, preset, folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  process.env.Q2L_THREADS = String(threads);
  const platform = await startPlatform({
    dataFolder: join(folder, 'data'),
    importFolders: { bench: folder },
    logFile: join(folder, 'server.log'),
  });
  const client = new GraphqlClient(platform.server, platform.token);
  const stop = async () => {
    await client.close();
    await platform.stop();
  };
  try {
    const checkpoint = await importParameters(client, preset);
    const pictures = await Promise.all(Array.from({ length: PICTURES }, (_, index) => uploadPhoto(client, index)));
    return { ask: (number) => askAbout(client, checkpoint, pictures[number % PICTURES]), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function importParameters(client, preset) {
  const { createPipeline } = await client.request(CREATE_PIPELINE, { input: { name: 'bench', preset } });
  const { importCheckpoint } = await client.request(IMPORT_CHECKPOINT, {
    input: {
      pipelineId: settled(createPipeline).id,
      file: { folder: 'bench', path: 'parameters.safetensors' },
      labels: Array.from({ length: presetNamed(preset).labelCount }, (_, index) => `label ${index}`),
    },
  });
  return settled(importCheckpoint).checkpoint.id;
}

/** A picture with the detail of a photo: blurred noise, so that its file has a photo's size. */
async function uploadPhoto(client, index) {
  const noise = { type: 'gaussian', mean: 100 + 10 * index, sigma: 60 };
  const body = await sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: 'grey', noise } })
    .blur(1.5)
    .jpeg({ quality: 90 })
    .toBuffer();
  const response = await client.send('/images', { method: 'POST', headers: { 'content-type': 'image/jpeg' }, body });
  if (!response.ok) throw new Error(`The server does not take a picture: ${await response.text()}`);
  return (await response.json()).id;
}

async function askAbout(client, checkpoint, imageId) {
  const { predict } = await client.request(PREDICT, {
    input: { checkpoint, images: [{ imageId }], options: { top: TOP } },
  });
  const [result] = settled(predict).results;
  if (result.__typename !== 'Prediction' || result.labels.length !== TOP) throw new Error(JSON.stringify(result));
}
