import { setTimeout as delay } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import {
  DATASET,
  DATASETS,
  DELETE_DATASET,
  IMPORT_DATASET,
  type DatasetDetails,
} from '../../client/operations/datasets.js';
import { allOf } from '../../client/operations/page.js';
import { RequestRefusedError } from '../../client/client-errors.js';
import { settled } from '../../client/refusal.js';
import { formatNumber, formatTime } from '../../terminal/format.js';
import { Pace } from '../../terminal/pace.js';
import { showProgress } from '../../terminal/progress.js';
import type { Terminal } from '../../terminal/terminal.js';
import { withContext, withExamples, type CommandContext } from '../context.js';
import { findDataset } from '../find.js';
import { jsonOption } from '../json-option.js';
import { numberOption } from '../number-option.js';
import { shareOption } from '../share-option.js';

interface ImportOptions {
  readonly importer: string;
  readonly options?: Record<string, unknown>;
  readonly path?: string;
  readonly stratify?: ReturnType<typeof shareOption>;
  readonly stratifySeed: number;
}

const POLL_MILLISECONDS = 500;

/** `q2l datasets`: labelled pictures that the server has imported. */
export function addDatasetCommands(program: Command): void {
  const group = program.command('datasets').description('datasets: labelled pictures in splits');

  const importCommand = group
    .command('import <name> <folder>')
    .description('import a dataset from a folder that the server allows (Q2L_IMPORT_FOLDERS), by its name there')
    .option('--importer <name>', 'what reads the annotations; see "q2l plugins list"', 'coco')
    .addOption(new Option('--options <json>', "the importer's options").argParser(jsonOption))
    .option('--path <path>', 'folder below the import folder')
    .addOption(
      new Option(
        '--stratify <shares>',
        'make splits where the annotations give none, with equal shares of every label',
      ).argParser(shareOption),
    )
    .addOption(new Option('--stratify-seed <seed>', 'seed of that').argParser(numberOption).default(0))
    .action((name: string, folder: string, options: ImportOptions) =>
      withContext(importCommand, (context) => importDataset(context, name, folder, options)),
    );
  withExamples(
    importCommand,
    `q2l datasets import scenes demo --options '{"splits":[{"split":"train","annotations":"train.json","images":"train"}]}'`,
    `q2l datasets import birds photos --importer csv --options '{"file":"birds.csv"}' --stratify train=8,validation=2`,
  );

  const list = group
    .command('list')
    .description('list datasets, newest first')
    .action(() => withContext(list, listDatasets));
  withExamples(list, 'q2l datasets list');

  const show = group
    .command('show <dataset>')
    .description('show a dataset, given by its name or id, with the report of its import')
    .action((name: string) =>
      withContext(show, async ({ client, terminal }) => showDataset(terminal, await findDataset(client, name))),
    );
  withExamples(show, 'q2l datasets show scenes');

  const remove = group
    .command('delete <dataset>')
    .description('delete a dataset, given by its name or id; refused where training runs refer to it')
    .action((name: string) => withContext(remove, (context) => deleteDataset(context, name)));
  withExamples(remove, 'q2l datasets delete scenes');
}

async function importDataset(
  { client, terminal }: CommandContext,
  name: string,
  folder: string,
  { importer, options, path, stratify: parts, stratifySeed: seed }: ImportOptions,
): Promise<void> {
  const stratify = parts === undefined ? undefined : { parts, seed };
  const input = { name, folder, path, stratify, importer: { name: importer, options }, wait: false };
  let dataset = settled((await client.request(IMPORT_DATASET, { input })).importDataset);
  const progress = showProgress(terminal, 'importing');
  const pace = new Pace('pictures');
  while (dataset.status === 'IMPORTING') {
    await delay(POLL_MILLISECONDS);
    dataset = (await client.request(DATASET, { id: dataset.id })).dataset;
    const { done, total } = dataset.importProgress ?? {};
    if (done !== undefined && total) progress.update(done, total, pace.describe(done, total));
  }
  progress.finish();
  if (dataset.status === 'FAILED') {
    throw new RequestRefusedError('IMPORT_FAILED', dataset.problem ?? 'The import failed.');
  }
  showDataset(terminal, dataset);
}

async function deleteDataset({ client, terminal }: CommandContext, nameOrId: string): Promise<void> {
  const { id, name } = await findDataset(client, nameOrId);
  const deleted = settled((await client.request(DELETE_DATASET, { id })).deleteDataset);
  terminal.line(`Deleted dataset ${name}`);
  terminal.document(deleted);
}

async function listDatasets({ client, terminal }: CommandContext): Promise<void> {
  const datasets = await allOf(async (page) => (await client.request(DATASETS, page)).datasets);
  terminal.table(
    ['name', 'status', 'images', 'labels', 'splits', 'created', 'id'],
    datasets.map((dataset) => [
      dataset.name,
      dataset.status.toLowerCase(),
      dataset.imageCount,
      dataset.labels.length,
      dataset.splits.map((split) => `${split.name} ${split.imageCount}`).join(', '),
      formatTime(dataset.createdAt),
      dataset.id,
    ]),
    'There are no datasets yet; "q2l datasets import" makes one.',
  );
  terminal.document({ datasets });
}

function showDataset(terminal: Terminal, dataset: DatasetDetails): void {
  const { report } = dataset;
  terminal.record({
    dataset: dataset.name,
    id: dataset.id,
    status: dataset.problem === null ? dataset.status.toLowerCase() : `failed: ${dataset.problem}`,
    images: dataset.splits.map(({ name, imageCount }) => `${name} ${imageCount}`).join(', '),
    labels: `${dataset.labels.length}: ${dataset.labels.map(({ name }) => name).join(', ')}`,
    ...(report === null
      ? {}
      : {
          'labels per image': formatNumber(report.meanLabelsPerImage, 2),
          'files missing': report.missing.count,
          'files unreadable': report.unreadable.count,
          'files listed twice': report.listedTwice.count,
          'pictures in two splits': report.overlap.reduce((sum, { count }) => sum + count, 0),
          warnings: report.warningCount,
        }),
  });
  for (const warning of report?.warnings ?? []) terminal.note(`warning: ${warning}`);
  terminal.document(dataset);
}
