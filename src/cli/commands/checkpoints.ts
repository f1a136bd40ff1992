import type { Command } from 'commander';
import { download } from '../../client/download.js';
import {
  CHECKPOINTS,
  DELETE_CHECKPOINT,
  PROMOTE_CHECKPOINT,
  type CheckpointDetails,
} from '../../client/operations/checkpoints.js';
import { allOf } from '../../client/operations/page.js';
import { settled } from '../../client/refusal.js';
import { formatBytes, formatNumber, formatTime } from '../../terminal/format.js';
import { showProgress } from '../../terminal/progress.js';
import { withContext, withExamples, type CommandContext } from '../context.js';
import { addImportCommand } from './import-checkpoint.js';
import { addQuantizationCommands } from './quantize-checkpoint.js';
import { addReconcileCommand } from './reconcile-checkpoints.js';

/** `q2l checkpoints`: what training has left, and the names that predictions go by. */
export function addCheckpointCommands(program: Command): void {
  const group = program.command('checkpoints').description('checkpoints: what training has left');

  const list = group
    .command('list')
    .description('list checkpoints, newest first')
    .option('--run <id>', 'only those of one training run')
    .action((options: { run?: string }) => withContext(list, (context) => listCheckpoints(context, options.run)));
  withExamples(list, 'q2l checkpoints list');

  const promote = group
    .command('promote <checkpoint> <alias>')
    .description('let an alias point at a checkpoint; predictions by that alias use it from then on')
    .action((id: string, alias: string) => withContext(promote, (context) => promoteCheckpoint(context, id, alias)));
  withExamples(promote, 'q2l checkpoints promote 0197a5f0-0000-7000-8000-000000000000 production');

  const exported = group
    .command('export <checkpoint>')
    .description(
      'write the parameters that predict to a safetensors file, under the names of the official PyTorch code',
    )
    .requiredOption('--output <file>', 'file to write; it has its name only when it is whole')
    .option('--onnx', 'write a model that any ONNX runtime predicts with, batches of any size')
    .action((id: string, { output, onnx }: { output: string; onnx?: true }) =>
      withContext(exported, (context) =>
        exportCheckpoint(context, id, output, onnx ? 'model.onnx' : 'parameters.safetensors'),
      ),
    );
  withExamples(
    exported,
    'q2l checkpoints export production --output production.safetensors',
    'q2l checkpoints export production --onnx --output production.onnx',
  );

  addImportCommand(group);

  addQuantizationCommands(group);

  addReconcileCommand(group);

  const remove = group
    .command('delete <checkpoint>')
    .description('delete a checkpoint; refused while an alias points at it')
    .action((id: string) => withContext(remove, (context) => deleteCheckpoint(context, id)));
  withExamples(remove, 'q2l checkpoints delete 0197a5f0-0000-7000-8000-000000000000');
}

async function listCheckpoints({ client, terminal }: CommandContext, runId?: string): Promise<void> {
  const checkpoints = await allOf(async (page) => (await client.request(CHECKPOINTS, { ...page, runId })).checkpoints);
  terminal.table(
    ['checkpoint', 'kind', 'epoch', 'metric', 'precision', 'size', 'created', 'aliases'],
    checkpoints.map((checkpoint) => [
      checkpoint.id,
      checkpoint.status === 'READY' ? checkpoint.kind.toLowerCase() : checkpoint.status.toLowerCase(),
      checkpoint.epoch,
      firstMetric(checkpoint),
      (checkpoint.precision ?? 'FLOAT32').toLowerCase(),
      formatBytes(checkpoint.bytes),
      formatTime(checkpoint.createdAt),
      checkpoint.aliases.join(', '),
    ]),
    'There are no checkpoints yet; "q2l train" makes some.',
  );
  terminal.document({ checkpoints });
}

function firstMetric({ metrics: [first] }: CheckpointDetails): string {
  return first ? `${first.name} ${formatNumber(first.value, 4)}` : '-';
}

async function promoteCheckpoint({ client, terminal }: CommandContext, id: string, alias: string): Promise<void> {
  const { promoteCheckpoint: outcome } = await client.request(PROMOTE_CHECKPOINT, {
    input: { checkpointId: id, alias },
  });
  const promoted = settled(outcome);
  terminal.line(`${promoted.name} now points at checkpoint ${promoted.checkpointId}`);
  terminal.document(promoted);
}

async function exportCheckpoint(
  { client, terminal }: CommandContext,
  id: string,
  output: string,
  kind: 'model.onnx' | 'parameters.safetensors',
): Promise<void> {
  const progress = showProgress(terminal, 'exporting');
  const path = `/checkpoints/${encodeURIComponent(id)}/${kind}`;
  const bytes = await download(client, path, output, (done, total) =>
    progress.update(done, total, `${formatBytes(done)} of ${formatBytes(total)}`),
  ).finally(() => progress.finish());
  terminal.line(`Wrote ${output}, ${formatBytes(bytes)}`);
  terminal.document({ checkpoint: id, file: output, bytes });
}

async function deleteCheckpoint({ client, terminal }: CommandContext, id: string): Promise<void> {
  const { deleteCheckpoint: outcome } = await client.request(DELETE_CHECKPOINT, { id });
  const deleted = settled(outcome);
  terminal.line(`Deleted checkpoint ${deleted.id}`);
  terminal.document(deleted);
}
