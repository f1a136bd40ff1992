import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { ABLATION, type AblationDetails, START_ABLATION } from '../../client/operations/ablations.js';
import { settled } from '../../client/refusal.js';
import { isRecord } from '../../common/guards.js';
import { formatNumber } from '../../terminal/format.js';
import { showProgress } from '../../terminal/progress.js';
import { withContext, withExamples, type CommandContext } from '../context.js';
import { findDataset } from '../find.js';
import { readDocument } from '../read-document.js';
import { RunNotSucceededError } from '../run-not-succeeded.error.js';

interface AblateOptions {
  readonly output?: string;
  readonly detach?: boolean;
}

const POLL_MILLISECONDS = 1000;

/** `q2l ablate`: trains a grid of settings and compares what they reach. */
export function addAblateCommand(program: Command): void {
  const command = program
    .command('ablate <dataset> <file>')
    .description(
      'train every combination of settings that a YAML or JSON file lists (name, preset or pipeline, recipe, axes, seeds), and compare them',
    )
    .option('--output <folder>', 'write table.md, plot.svg and ablation.json there')
    .option('--detach', 'do not wait for the end')
    .action((dataset: string, file: string, options: AblateOptions) =>
      withContext(command, (context) => ablate(context, dataset, file, options)),
    );
  withExamples(command, 'q2l ablate scenes layers.yaml --output ablations/layers');
}

async function ablate(
  { client, terminal }: CommandContext,
  datasetName: string,
  file: string,
  { output, detach }: AblateOptions,
): Promise<void> {
  const document = await readDocument(file);
  if (!isRecord(document)) throw new Error(`${file}: expected name, axes and more, not a list or a single value.`);
  const { id: datasetId } = await findDataset(client, datasetName);
  const input = { ...document, datasetId };
  let ablation = settled((await client.request(START_ABLATION, { input })).startAblation);
  terminal.line(`Ablation ${ablation.id}: ${ablation.cells.length} combinations, ${ablation.runCount} runs`);
  if (detach === true) {
    terminal.document({ ablation });
    return;
  }
  const progress = showProgress(terminal, 'training');
  while (ablation.finishedCount < ablation.runCount) {
    progress.update(ablation.finishedCount, ablation.runCount, 'runs');
    await delay(POLL_MILLISECONDS);
    ablation = (await client.request(ABLATION, { id: ablation.id })).ablation;
  }
  progress.finish();
  showAblation({ client, terminal }, ablation);
  if (output !== undefined) await writeAblation(output, ablation);
  const failed = ablation.cells.flatMap(({ runs }) => runs).find(({ status }) => status !== 'SUCCEEDED');
  if (failed !== undefined) throw new RunNotSucceededError(failed.id, failed.status, failed.problem);
}

function showAblation({ terminal }: CommandContext, ablation: AblationDetails): void {
  const paths = Object.keys(ablation.cells[0]?.settings ?? {});
  terminal.table(
    [...paths.map((path) => path.slice(path.lastIndexOf('.') + 1)), `${ablation.metric}, mean`, 'spread', 'runs'],
    ablation.cells.map(({ settings, mean, spread, runs }) => [
      ...paths.map((path) => JSON.stringify(settings[path])),
      formatNumber(mean, 4),
      formatNumber(spread, 4),
      runs.map(({ bestMetric }) => formatNumber(bestMetric, 4)).join(', '),
    ]),
  );
  terminal.document({ ablation });
}

async function writeAblation(folder: string, ablation: AblationDetails): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { table, plot, ...figures } = ablation;
  await writeFile(join(folder, 'table.md'), table);
  await writeFile(join(folder, 'plot.svg'), plot);
  await writeFile(join(folder, 'ablation.json'), `${JSON.stringify(figures, null, 2)}\n`);
}
