import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Option, type Command } from 'commander';
import { IMPORT_CHECKPOINT, type ImportReport } from '../../client/operations/checkpoints.js';
import { settled } from '../../client/refusal.js';
import { uploadCheckpoint } from '../../client/upload-checkpoint.js';
import { formatBytes } from '../../terminal/format.js';
import { showProgress } from '../../terminal/progress.js';
import type { Terminal } from '../../terminal/terminal.js';
import { withContext, withExamples, type CommandContext } from '../context.js';
import { findDataset, findPipeline } from '../find.js';

interface ImportOptions {
  readonly pipeline: string;
  readonly labels?: readonly string[];
  readonly labelsFile?: string;
  readonly dataset?: string;
  readonly folder?: string;
  readonly entry?: string;
  readonly base?: string;
  readonly ignoreUnexpected?: boolean;
}

/** `q2l checkpoints import`: parameters that another program has written become a checkpoint. */
export function addImportCommand(group: Command): void {
  const command = group
    .command('import <file>')
    .description(
      'make a checkpoint of a file of parameters: .pth or .pkl of PyTorch, or .safetensors; nothing of it is executed',
    )
    .requiredOption('--pipeline <pipeline>', 'name or id of the pipeline that the parameters belong to')
    .addOption(
      new Option('--labels <names>', 'names of the labels in their order, separated by commas').argParser((text) =>
        text.split(',').map((name) => name.trim()),
      ),
    )
    .addOption(
      new Option('--labels-file <file>', 'the same, one on each line of a text file').conflicts(['labels', 'dataset']),
    )
    .addOption(new Option('--dataset <dataset>', 'take the labels of this dataset').conflicts(['labels']))
    .option(
      '--folder <name>',
      'take <file> from an import folder of the server (Q2L_IMPORT_FOLDERS) instead of sending it',
    )
    .option('--entry <name>', 'entry of a PyTorch file that holds the parameters; default state_dict, model, ...')
    .option('--base <checkpoint>', 'checkpoint that gives the parameters and labels that the file lacks')
    .option('--ignore-unexpected', 'leave out tensors that the pipeline has no place for')
    .action((file: string, options: ImportOptions) =>
      withContext(command, (context) => importCheckpoint(context, file, options)),
    );
  withExamples(
    command,
    'q2l checkpoints import q2l-resnet101.pth --pipeline q2l-r101-448 --dataset coco',
    'q2l checkpoints import model.safetensors --pipeline shapes --labels circle,square,triangle',
  );
}

async function importCheckpoint(
  { client, terminal }: CommandContext,
  file: string,
  options: ImportOptions,
): Promise<void> {
  const { folder, entry, ignoreUnexpected } = options;
  const pipeline = await findPipeline(client, options.pipeline);
  const dataset = options.dataset === undefined ? undefined : await findDataset(client, options.dataset);
  const source =
    folder === undefined
      ? { uploadId: await upload({ client, terminal }, file), name: basename(file) }
      : { file: { folder, path: file } };
  const { importCheckpoint: outcome } = await client.request(IMPORT_CHECKPOINT, {
    input: {
      ...source,
      pipelineId: pipeline.id,
      labels: options.labelsFile === undefined ? options.labels : await linesOf(options.labelsFile),
      datasetId: dataset?.id,
      entry,
      baseCheckpoint: options.base,
      ignoreUnexpected,
    },
  });
  const imported = settled(outcome);
  showReport(terminal, imported.report);
  terminal.line(`Checkpoint ${imported.checkpoint.id}, ${formatBytes(imported.checkpoint.bytes)}`);
  terminal.document(imported);
}

async function upload({ client, terminal }: CommandContext, file: string): Promise<string> {
  const progress = showProgress(terminal, 'sending');
  return uploadCheckpoint(client, file, (done, total) =>
    progress.update(done, total, `${formatBytes(done)} of ${formatBytes(total)}`),
  ).finally(() => progress.finish());
}

async function linesOf(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8');
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}

function showReport(terminal: Terminal, report: ImportReport): void {
  const { file, format, entry, prefix, matched, missing, unexpected, ignored, resized, notes } = report;
  terminal.line(`${file} (${format}${entry === '' ? '' : `, ${entry}`}): ${matched.length} parameters read`);
  if (prefix !== '') terminal.line(`names of the file start with ${prefix} here`);
  for (const name of missing) terminal.line(`missing, taken from the base checkpoint: ${name}`);
  for (const name of unexpected) terminal.line(`unexpected, left out: ${name}`);
  for (const { name, reason } of ignored) terminal.line(`left out: ${name}, ${reason}`);
  for (const { name, from, to } of resized)
    terminal.line(`interpolated: ${name} from [${from.join(', ')}] to [${to.join(', ')}]`);
  for (const note of notes) terminal.line(note);
}
