import type { GraphqlClient } from '../client/graphql-client.js';
import { CHECKPOINTS, type CheckpointDetails } from '../client/operations/checkpoints.js';
import { IMPORT_DATASET, type DatasetDetails } from '../client/operations/datasets.js';
import { CREATE_PIPELINE } from '../client/operations/pipelines.js';
import { START_TRAINING_RUN, type RunDetails } from '../client/operations/runs.js';
import { settled } from '../client/refusal.js';
import { watchRun } from '../client/watch-run.js';
import { formatNumber } from '../terminal/format.js';
import type { Terminal } from '../terminal/terminal.js';
import { COCO_IMPORTER } from './coco-folder.js';

/** What to train, on what, how. */
export interface TrainingPlan {
  readonly name: string;
  /** Name of the import folder in the server's configuration. */
  readonly importFolder: string;
  readonly pipeline: Readonly<Record<string, unknown>>;
  readonly recipe: Readonly<Record<string, unknown>>;
}

/** What training came to. */
export interface TrainingOutcome {
  readonly dataset: DatasetDetails;
  readonly run: RunDetails;
  readonly best: CheckpointDetails;
  /** Training pictures per second, lately at the end. */
  readonly imagesPerSecond: number | undefined;
}

/** Imports, defines, trains and watches, as any client of the GraphQL API would. @throws if the run does not succeed */
export async function trainThroughApi(
  client: GraphqlClient,
  terminal: Terminal,
  plan: TrainingPlan,
): Promise<TrainingOutcome> {
  const { name, importFolder: folder } = plan;
  const input = { name, folder, importer: COCO_IMPORTER };
  const dataset = settled((await client.request(IMPORT_DATASET, { input })).importDataset);
  if (dataset.status !== 'READY') throw new Error(`The import failed: ${dataset.problem ?? dataset.status}.`);
  const splits = dataset.splits.map((split) => `${split.imageCount} ${split.name}`).join(', ');
  const perImage = formatNumber(dataset.report?.meanLabelsPerImage, 1);
  terminal.line(`Dataset ${name}: ${splits} pictures, ${dataset.labels.length} labels, ${perImage} on a picture`);

  const definition = { name, definition: plan.pipeline };
  const pipeline = settled((await client.request(CREATE_PIPELINE, { input: definition })).createPipeline);
  terminal.line(`Pipeline ${pipeline.name}, version ${pipeline.version}`);

  const start = { pipelineId: pipeline.id, datasetId: dataset.id, recipe: plan.recipe };
  const { id } = settled((await client.request(START_TRAINING_RUN, { input: start })).startTrainingRun);
  terminal.line(`Training run ${id}`);
  const { run, progress } = await watchRun(client, terminal, id);
  if (run.status !== 'SUCCEEDED')
    throw new Error(`Training ended as ${run.status}: ${run.problem ?? 'no reason given'}.`);

  const { checkpoints } = await client.request(CHECKPOINTS, { runId: id, first: 100 });
  const best = checkpoints.nodes.find(({ kind }) => kind === 'BEST');
  if (!best) throw new Error(`Run ${id} has left no best checkpoint.`);
  return { dataset, run, best, imagesPerSecond: progress?.imagesPerSecond };
}
