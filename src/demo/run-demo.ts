import { join } from 'node:path';
import { GraphqlClient } from '../client/graphql-client.js';
import type { CheckpointDetails } from '../client/operations/checkpoints.js';
import { PROMOTE_CHECKPOINT } from '../client/operations/checkpoints.js';
import type { DatasetDetails } from '../client/operations/datasets.js';
import type { PredictionDetails } from '../client/operations/predictions.js';
import { settled } from '../client/refusal.js';
import { formatDuration, formatNumber } from '../terminal/format.js';
import type { Terminal } from '../terminal/terminal.js';
import type { DemoOptions } from './demo-options.js';
import { ownPictures, renderedPictures, shownPath, type DemoPictures, type Question } from './demo-pictures.js';
import { WANTED_MAP } from './demo-settings.js';
import { prepareOutput } from './output-folder.js';
import { startPlatform } from './platform-process.js';
import { predictPicture, shownLabels, writeAttentionSheet } from './show-prediction.js';
import { importThroughApi, trainOnDataset } from './train-through-api.js';

/** The protocol of the demo's figures. */
const METRIC = 'voc-all-point';
const ALIAS = 'demo';

/**
 * The whole demo: pictures, platform, dataset, pipeline, training, prediction.
 * @returns whether the wanted mean average precision was reached; own pictures have none to reach
 */
export async function runDemo(options: DemoOptions, terminal: Terminal): Promise<boolean> {
  const started = Date.now();
  const { output, data, weights, epochs } = options;
  await prepareOutput(
    output,
    [data, weights].filter((folder) => folder !== undefined),
  );
  const pictures =
    data === undefined ? await renderedPictures(join(output, 'pictures'), terminal) : await ownPictures(data, weights);

  const logFile = join(output, 'server.log');
  const platform = await startPlatform({
    dataFolder: join(output, 'data'),
    importFolders: { demo: pictures.folder },
    weightsFolder: weights,
    logFile,
  });
  const client = new GraphqlClient(platform.server, platform.token);
  try {
    terminal.line(`Platform at ${platform.server}/graphql, its log in ${shownPath(logFile)}`);
    const plan = { name: 'demo', importFolder: 'demo', importer: pictures.importer };
    const dataset = await importThroughApi(client, terminal, plan);
    if (pictures.words !== undefined) terminal.line(`Pipeline: ${pictures.words}`);
    const recipe = pictures.recipe(dataset, epochs);
    const training = { name: 'demo', pipeline: pictures.pipeline, recipe };
    const { best, imagesPerSecond } = await trainOnDataset(client, terminal, dataset, training);
    const promotion = { checkpointId: best.id, alias: ALIAS };
    settled((await client.request(PROMOTE_CHECKPOINT, { input: promotion })).promoteCheckpoint);

    const question = await pictures.question(client, dataset);
    const prediction = await predictPicture(client, ALIAS, question.path);
    const sheet = join(output, 'attention.png');
    await writeAttentionSheet(question.path, prediction, sheet);

    const map = meanAveragePrecision(best);
    const seconds = (Date.now() - started) / 1000;
    terminal.document({ map, metric: METRIC, seconds, imagesPerSecond, checkpoint: best.id, sheet, prediction });
    terminal.line();
    tellFigures(terminal, dataset, best, seconds);
    tellPrediction(terminal, question, prediction);
    tellWhatIsLeft(terminal, options, pictures, question);
    if (data !== undefined || (map !== null && map >= WANTED_MAP)) return true;
    terminal.note(`The demo wants a mAP of at least ${WANTED_MAP}, and reached ${formatNumber(map, 4)}.`);
    return false;
  } finally {
    await client.close();
    await platform.stop();
  }
}

/** The mean average precision of a checkpoint on the validation pictures; null where it is not defined. */
function meanAveragePrecision({ metrics }: CheckpointDetails): number | null {
  const metric = metrics.find(({ name }) => name === METRIC);
  if (metric === undefined) throw new Error(`The checkpoint has no figure under ${METRIC}.`);
  return metric.value;
}

function tellFigures(terminal: Terminal, dataset: DatasetDetails, best: CheckpointDetails, seconds: number): void {
  const map = meanAveragePrecision(best);
  const value = map === null ? 'not defined: no label is on a validation picture' : formatNumber(map, 4);
  terminal.line(`Validation mAP (${METRIC}) ${value} with ${best.predicts} parameters, the best of the run`);
  terminal.line(`  after ${formatDuration(seconds)} in all`);
  const validation = dataset.report?.splits.find(({ name }) => name === 'validation');
  const absent = validation?.labelsWithoutPositives ?? [];
  if (map === null || absent.length === 0) return;
  terminal.line(
    `  the mean of ${dataset.labels.length - absent.length} labels; on no validation picture: ${absent.join(', ')}`,
  );
}

function tellPrediction(terminal: Terminal, question: Question, prediction: PredictionDetails): void {
  const shown = shownLabels(prediction);
  const words = shown.some(({ decision }) => decision) ? 'it sees' : 'no label reaches its threshold; the closest are';
  terminal.line(`In ${shownPath(question.path)} (${question.words}), ${words}:`);
  for (const { label, score } of shown) terminal.line(`  ${label.padEnd(16)} ${formatNumber(score, 2)}`);
  terminal.line(`True labels: ${question.labels.join(', ') || 'none'}`);
}

function tellWhatIsLeft(terminal: Terminal, options: DemoOptions, pictures: DemoPictures, question: Question): void {
  const folder = shownPath(options.output);
  terminal.line();
  terminal.line('Left on disk:');
  terminal.line(`  ${join(folder, 'attention.png')}   the picture beside one attention map per label`);
  if (options.data === undefined) terminal.line(`  ${shownPath(pictures.folder)}   the pictures with COCO annotations`);
  terminal.line(`  ${join(folder, 'data')}   database, pictures and checkpoints of the platform`);
  terminal.line(`  ${join(folder, 'server.log')}   what the platform said`);
  terminal.line();
  terminal.line('Next:');
  const weights = options.weights === undefined ? '' : ` Q2L_WEIGHTS=${shownPath(options.weights)}`;
  terminal.line(
    `  Q2L_DATA=${join(folder, 'data')}${weights} npm start     then open http://localhost:3000/graphql: API and explorer`,
  );
  terminal.line(`  npx q2l checkpoints list`);
  terminal.line(`  npx q2l predict --checkpoint ${ALIAS} ${shownPath(question.path)}`);
}
