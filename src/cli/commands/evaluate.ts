import type { Command } from 'commander';
import { evaluateCheckpoint } from '../../client/evaluate.js';
import type { EvaluationDetails } from '../../client/operations/evaluations.js';
import { formatDuration, formatNumber } from '../../terminal/format.js';
import type { Terminal } from '../../terminal/terminal.js';
import { withContext, withExamples, type CommandContext } from '../context.js';
import { findDataset } from '../find.js';

interface EvaluateOptions {
  readonly split: string;
  readonly metric?: readonly string[];
  readonly labels?: boolean;
  readonly skipUnreadable?: boolean;
}

/** `q2l evaluate`: how well a checkpoint does on a split. */
export function addEvaluateCommand(program: Command): void {
  const command = program
    .command('evaluate <checkpoint> <dataset>')
    .description('measure a checkpoint, given by its id or an alias, on a dataset, given by its name or id')
    .option('--split <name>', 'split of the dataset', 'validation')
    .option('--metric <name...>', 'metrics by the names of their protocols; see "q2l plugins list"')
    .option('--labels', 'show each label: its metrics, and how often it is decided rightly and wrongly')
    .option('--skip-unreadable', 'leave out pictures that cannot be read instead of failing')
    .action((checkpoint: string, dataset: string, options: EvaluateOptions) =>
      withContext(command, (context) => evaluate(context, checkpoint, dataset, options)),
    );
  withExamples(
    command,
    'q2l evaluate production scenes',
    'q2l evaluate production scenes --split train --labels --metric voc-all-point f1-at-threshold',
  );
}

async function evaluate(
  { client, terminal }: CommandContext,
  checkpoint: string,
  datasetName: string,
  { split, metric, labels, skipUnreadable }: EvaluateOptions,
): Promise<void> {
  const dataset = await findDataset(client, datasetName);
  const evaluation = await evaluateCheckpoint(client, terminal, {
    checkpoint,
    dataset: dataset.id,
    split,
    metrics: metric?.map((name) => ({ name })),
    onUnreadable: skipUnreadable === true ? 'SKIP' : 'FAIL',
  });
  terminal.record({
    checkpoint: evaluation.checkpoint.id,
    dataset: `${dataset.name} (${dataset.id})`,
    split: `${evaluation.split}, ${evaluation.images} pictures`,
    time: formatDuration(evaluation.milliseconds / 1000),
  });
  if (evaluation.notice !== null) terminal.note(evaluation.notice);
  terminal.line();
  terminal.table(['metric', 'value'], evaluation.metrics.flatMap(metricRows));
  if (labels === true) showLabels(terminal, evaluation);
  for (const file of evaluation.skipped) terminal.note(`left out, because it cannot be read: ${file}`);
  terminal.document({ evaluation });
}

function metricRows({ name, value, figures }: EvaluationDetails['metrics'][number]): string[][] {
  const others = Object.entries(figures).map(([figure, of]) => [`${name} ${figure}`, formatNumber(of, 4)]);
  return [[name, formatNumber(value, 4)], ...others];
}

function showLabels(terminal: Terminal, { labels }: EvaluationDetails): void {
  const protocols = labels[0]?.metrics.map(({ metric }) => metric) ?? [];
  terminal.line();
  terminal.table(
    ['label', ...protocols, 'threshold', 'hits', 'false alarms', 'misses', 'rightly absent', 'unknown'],
    labels.map((label) => [
      label.label,
      ...label.metrics.map(({ value }) => formatNumber(value, 4)),
      formatNumber(label.threshold, 2),
      label.truePositives,
      label.falsePositives,
      label.falseNegatives,
      label.trueNegatives,
      label.unknown,
    ]),
  );
}
