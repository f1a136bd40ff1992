import type { Command } from 'commander';
import { START_TRAINING_RUN } from '../../client/operations/runs.js';
import { settled } from '../../client/refusal.js';
import { withContext, withExamples, type CommandContext } from '../context.js';
import { findDataset, findPipeline } from '../find.js';
import { readDocument } from '../read-document.js';
import { watchToTheEnd } from '../watch-to-the-end.js';

interface TrainOptions {
  readonly recipe?: string;
  readonly detach?: boolean;
}

/** `q2l train`: starts a training run and, unless detached, watches it. */
export function addTrainCommand(program: Command): void {
  const command = program
    .command('train <pipeline> <dataset>')
    .description('train a pipeline on a dataset, each given by its name or id, and watch it')
    .option('--recipe <file>', 'YAML or JSON file with what differs from the default recipe')
    .option('--detach', 'do not wait for the end')
    .action((pipeline: string, dataset: string, options: TrainOptions) =>
      withContext(command, (context) => train(context, pipeline, dataset, options)),
    );
  withExamples(
    command,
    'q2l train scenes-resnet scenes --recipe recipe.yaml',
    'q2l train scenes-resnet scenes --detach',
  );
}

async function train(
  { client, terminal }: CommandContext,
  pipelineName: string,
  datasetName: string,
  { recipe, detach }: TrainOptions,
): Promise<void> {
  const [pipeline, dataset] = await Promise.all([findPipeline(client, pipelineName), findDataset(client, datasetName)]);
  const parsed: unknown = recipe === undefined ? undefined : await readDocument(recipe);
  const input = { pipelineId: pipeline.id, datasetId: dataset.id, recipe: parsed };
  const run = settled((await client.request(START_TRAINING_RUN, { input })).startTrainingRun);
  terminal.line(`Training run ${run.id}`);
  terminal.document({ run });
  if (detach !== true) await watchToTheEnd({ client, terminal }, run.id);
}
