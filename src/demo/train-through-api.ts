import type { GraphqlClient } from '../client/graphql-client.js';
import { CHECKPOINTS, type CheckpointDetails } from '../client/operations/checkpoints.js';
import { IMPORT_DATASET, type DatasetDetails } from '../client/operations/datasets.js';
import { CREATE_PIPELINE } from '../client/operations/pipelines.js';
import { START_TRAINING_RUN, type RunDetails } from '../client/operations/runs.js';
import { settled } from '../client/refusal.js';
import { showLearningOf } from '../client/show-learning.js';
import { watchRun } from '../client/watch-run.js';
import { formatNumber } from '../terminal/format.js';
import type { Terminal } from '../terminal/terminal.js';
import { COCO_IMPORTER } from './coco-folder.js';

type Settings = Readonly<Record<string, unknown>>;

/** Of an import, before training. */
const SHOWN_WARNINGS = 5;

/** What to import. */
export interface ImportPlan {
  readonly name: string;
  /** Name of the import folder in the server's configuration. */
  readonly importFolder: string;
  readonly importer?: Settings;
}

/** What to train, on what, how. */
export interface TrainingPlan extends ImportPlan {
  readonly pipeline: Settings;
  readonly recipe: Settings;
}

/** What training came to. */
export interface TrainingOutcome {
  readonly dataset: DatasetDetails;
  readonly run: RunDetails;
  readonly best: CheckpointDetails;
  /** Training pictures per second, lately at the end. */
  readonly imagesPerSecond: number | undefined;
}

/** Imports a dataset and tells what came of it. @throws if that fails */
export async function importThroughApi(
  client: GraphqlClient,
  terminal: Terminal,
  { name, importFolder: folder, importer = COCO_IMPORTER }: ImportPlan,
): Promise<DatasetDetails> {
  const input = { name, folder, importer };
  const dataset = settled((await client.request(IMPORT_DATASET, { input })).importDataset);
  if (dataset.status !== 'READY') throw new Error(`The import failed: ${dataset.problem ?? dataset.status}.`);
  const splits = dataset.splits.map((split) => `${split.imageCount} ${split.name}`).join(', ');
  const perImage = formatNumber(dataset.report?.meanLabelsPerImage, 1);
  terminal.line(`Dataset ${name}: ${splits} pictures, ${dataset.labels.length} labels, ${perImage} on a picture`);
  tellFindings(terminal, dataset);
  return dataset;
}

function tellFindings(terminal: Terminal, { report }: DatasetDetails): void {
  if (report === null) return;
  for (const [what, { count, examples }] of [
    ['missing', report.missing],
    ['unreadable', report.unreadable],
    ['listed twice', report.listedTwice],
  ] as const) {
    if (count > 0) terminal.line(`  files ${what}: ${count}, for example ${examples[0]?.reason}`);
  }
  for (const { splits, count } of report.overlap) {
    if (count > 0) terminal.line(`  ${count} pictures are in ${splits.join(' and ')} alike: figures will be too good`);
  }
  for (const warning of report.warnings.slice(0, SHOWN_WARNINGS)) terminal.line(`  ${warning}`);
}

/** Defines a pipeline, trains and watches it. @throws if the run does not succeed */
export async function trainOnDataset(
  client: GraphqlClient,
  terminal: Terminal,
  dataset: DatasetDetails,
  plan: Pick<TrainingPlan, 'name' | 'pipeline' | 'recipe'>,
): Promise<TrainingOutcome> {
  const definition = { name: plan.name, definition: plan.pipeline };
  const pipeline = settled((await client.request(CREATE_PIPELINE, { input: definition })).createPipeline);
  terminal.line(`Pipeline ${pipeline.name}, version ${pipeline.version}`);

  const start = { pipelineId: pipeline.id, datasetId: dataset.id, recipe: plan.recipe };
  const { id } = settled((await client.request(START_TRAINING_RUN, { input: start })).startTrainingRun);
  terminal.line(`Training run ${id}`);
  const { run, progress } = await watchRun(client, terminal, id);
  if (run.status !== 'SUCCEEDED')
    throw new Error(`Training ended as ${run.status}: ${run.problem ?? 'no reason given'}.`);
  await showLearningOf(client, terminal, run);

  const { checkpoints } = await client.request(CHECKPOINTS, { runId: id, first: 100 });
  const best = checkpoints.nodes.find(({ kind }) => kind === 'BEST');
  if (!best) throw new Error(`Run ${id} has left no best checkpoint.`);
  return { dataset, run, best, imagesPerSecond: progress?.imagesPerSecond };
}

/** Imports, defines, trains and watches, as any client of the GraphQL API would. @throws if the run does not succeed */
export async function trainThroughApi(
  client: GraphqlClient,
  terminal: Terminal,
  plan: TrainingPlan,
): Promise<TrainingOutcome> {
  return trainOnDataset(client, terminal, await importThroughApi(client, terminal, plan), plan);
}
