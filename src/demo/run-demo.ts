import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { GraphqlClient } from '../client/graphql-client.js';
import { PROMOTE_CHECKPOINT } from '../client/operations/checkpoints.js';
import { settled } from '../client/refusal.js';
import { formatDuration, formatNumber } from '../terminal/format.js';
import { showProgress } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';
import { checkCocoFolder } from './coco-folder.js';
import type { DemoOptions } from './demo-options.js';
import { DEMO_PIPELINE, DEMO_RECIPE, PICTURES, WANTED_MAP } from './demo-settings.js';
import { startPlatform } from './platform-process.js';
import { renderPictureSet } from './scenes/picture-set.js';
import { sceneRandom } from './scene-random.js';
import { predictPicture, writeAttentionSheet } from './show-prediction.js';
import { trainThroughApi } from './train-through-api.js';

interface Pictures {
  readonly folder: string;
  /** A picture to ask about after training, with its labels where they are known. */
  readonly question: { readonly path: string; readonly labels?: readonly string[] };
}

async function makePictures(folder: string, terminal: Terminal): Promise<Pictures> {
  const progress = showProgress(terminal, 'pictures');
  const options = { ...PICTURES, random: sceneRandom(PICTURES.seed) };
  const { unseen } = await renderPictureSet(folder, options, (done, total) => progress.update(done, total));
  progress.finish();
  const [fullest] = unseen.toSorted((first, second) => second.labels.length - first.labels.length);
  return { folder, question: fullest };
}

async function ownPictures(folder: string): Promise<Pictures> {
  await checkCocoFolder(folder);
  const [first] = (await readdir(join(folder, 'images/val'))).sort();
  if (first === undefined) throw new Error(`${join(folder, 'images/val')} is empty.`);
  return { folder, question: { path: join(folder, 'images/val', first) } };
}

/** The mean average precision of a checkpoint on the validation pictures. */
function meanAveragePrecision(metrics: readonly { name: string; value: number | null }[]): number {
  return metrics.find(({ name }) => name === 'voc-all-point')?.value ?? 0;
}

/**
 * The whole demo: pictures, platform, dataset, pipeline, training, prediction.
 * @returns whether the wanted mean average precision was reached
 */
export async function runDemo(options: DemoOptions, terminal: Terminal): Promise<boolean> {
  const started = Date.now();
  await rm(options.output, { recursive: true, force: true });
  await mkdir(options.output, { recursive: true });
  const { folder, question } =
    options.data === undefined
      ? await makePictures(join(options.output, 'pictures'), terminal)
      : await ownPictures(options.data);

  const dataFolder = join(options.output, 'data');
  const logFile = join(options.output, 'server.log');
  const platform = await startPlatform({
    dataFolder,
    importFolders: { demo: folder },
    weightsFolder: options.weights,
    logFile,
  });
  const client = new GraphqlClient(platform.server);
  try {
    terminal.line(`Platform at ${platform.server}/graphql, its log in ${relative('.', logFile)}`);
    const plan = { name: 'demo', importFolder: 'demo', pipeline: DEMO_PIPELINE, recipe: DEMO_RECIPE };
    const { best, imagesPerSecond } = await trainThroughApi(client, terminal, plan);
    const promotion = { checkpointId: best.id, alias: 'demo' };
    settled((await client.request(PROMOTE_CHECKPOINT, { input: promotion })).promoteCheckpoint);
    const map = meanAveragePrecision(best.metrics);

    const prediction = await predictPicture(client, 'demo', question.path);
    const sheet = join(options.output, 'attention.png');
    await writeAttentionSheet(question.path, prediction, sheet);

    const seconds = (Date.now() - started) / 1000;
    terminal.document({ map, seconds, imagesPerSecond, checkpoint: best.id, sheet, prediction });
    terminal.line();
    terminal.line(`Validation mAP (voc-all-point) ${formatNumber(map, 4)} after ${formatDuration(seconds)} in all`);
    terminal.line(`In ${relative('.', question.path)}, it sees:`);
    for (const { label, score, decision } of prediction.labels) {
      if (decision) terminal.line(`  ${label.padEnd(16)} ${formatNumber(score, 2)}`);
    }
    if (question.labels) terminal.line(`True labels: ${question.labels.join(', ')}`);
    tellWhatIsLeft(terminal, options.output, folder);
    if (map >= WANTED_MAP || options.data !== undefined) return true;
    terminal.note(`The demo wants a mAP of at least ${WANTED_MAP}, and reached ${formatNumber(map, 4)}.`);
    return false;
  } finally {
    await client.close();
    await platform.stop();
  }
}

function tellWhatIsLeft(terminal: Terminal, output: string, pictures: string): void {
  const folder = relative('.', output);
  terminal.line();
  terminal.line('Left on disk:');
  terminal.line(`  ${join(folder, 'attention.png')}   the picture beside one attention map per label`);
  terminal.line(`  ${relative('.', pictures)}   the pictures with COCO annotations`);
  terminal.line(`  ${join(folder, 'data')}   database, pictures and checkpoints of the platform`);
  terminal.line(`  ${join(folder, 'server.log')}   what the platform said`);
  terminal.line();
  terminal.line('Next:');
  terminal.line(
    `  Q2L_DATA=${join(folder, 'data')} npm start     then open http://localhost:3000/graphql: API and explorer`,
  );
  terminal.line(`  npx q2l checkpoints list`);
  terminal.line(`  npx q2l predict --checkpoint demo ${join(folder, 'pictures/unseen/000002.jpg')}`);
}
