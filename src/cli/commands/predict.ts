import { Option, type Command } from 'commander';
import { PREDICT } from '../../client/operations/predictions.js';
import { RequestRefusedError } from '../../client/client-errors.js';
import { settled } from '../../client/refusal.js';
import { uploadPicture } from '../../client/upload.js';
import { formatNumber } from '../../terminal/format.js';
import { Pace } from '../../terminal/pace.js';
import { showProgress } from '../../terminal/progress.js';
import { AttentionFiles } from '../attention-files.js';
import { withContext, withExamples, type CommandContext } from '../context.js';
import { numberOption } from '../number-option.js';

interface PredictOptions {
  readonly checkpoint: string;
  readonly threshold?: number;
  readonly top?: number;
  readonly attention?: string;
  readonly maps: number;
  readonly layer?: number;
  readonly averageLayers?: boolean;
  readonly head?: number;
}

/** Pictures in one request. */
const BATCH = 8;

/** `q2l predict`: which labels a checkpoint sees in pictures. */
export function addPredictCommand(program: Command): void {
  const command = program
    .command('predict <image...>')
    .description('ask a checkpoint which labels it sees in pictures (JPEG, PNG or WebP files)')
    .requiredOption('--checkpoint <id or alias>', 'the checkpoint that answers')
    .addOption(new Option('--threshold <score>', 'instead of those of the checkpoint').argParser(numberOption))
    .addOption(new Option('--top <count>', 'show so many labels, present or not').argParser(numberOption))
    .option('--attention <folder>', 'write PNG files there that show where the model looks for a label')
    .addOption(new Option('--maps <count>', 'files for so many labels of a picture').argParser(numberOption).default(5))
    .addOption(
      new Option('--layer <number>', 'decoder layer from 0, instead of the last')
        .argParser(numberOption)
        .conflicts('averageLayers'),
    )
    .option('--average-layers', 'the mean of all decoder layers')
    .addOption(new Option('--head <number>', 'attention head from 0, instead of their mean').argParser(numberOption))
    .action((paths: string[], options: PredictOptions) =>
      withContext(command, (context) => predict(context, paths, options)),
    );
  withExamples(
    command,
    'q2l predict --checkpoint production photo.jpg',
    'q2l predict --checkpoint best *.jpg --json',
    'q2l predict --checkpoint best photo.jpg --attention maps --layer 0 --head 2',
  );
}

async function predict(
  { client, terminal }: CommandContext,
  paths: readonly string[],
  { checkpoint, threshold, top, attention: folder, ...view }: PredictOptions,
): Promise<void> {
  const files = folder === undefined ? undefined : new AttentionFiles(client, folder);
  const attention = files && attentionInput(view);
  const progress = showProgress(terminal, 'predicting');
  const pace = new Pace('pictures');
  const failures: string[] = [];
  const notices = new Set<string>();
  for (let start = 0; start < paths.length; start += BATCH) {
    const batch = paths.slice(start, start + BATCH);
    const images = await Promise.all(batch.map(async (path) => ({ imageId: await uploadPicture(client, path) })));
    const input = { checkpoint, images, options: { threshold, top, attention } };
    const { results, notice } = settled((await client.request(PREDICT, { input })).predict);
    if (notice !== null) notices.add(notice);
    const done = start + batch.length;
    if (paths.length > BATCH) progress.update(done, paths.length, pace.describe(done, paths.length));
    for (const result of results) {
      const path = batch[result.index];
      if (result.__typename === 'PredictionFailure') {
        terminal.document({ path, ...result, ...(notice !== null && { notice }) });
        failures.push(`${path}: ${result.message}`);
        continue;
      }
      const maps = await files?.write(path, result);
      terminal.document({ path, ...result, ...(maps && { maps }), ...(notice !== null && { notice }) });
      const shown = result.labels.filter(({ decision }) => decision || top !== undefined);
      const scores = shown.map(
        ({ label, score, decision }) => `${decision ? label : `(${label})`} ${formatNumber(score, 2)}`,
      );
      terminal.line(`${path}: ${scores.join(', ') || 'none of the labels'}`);
      for (const map of maps ?? []) terminal.line(`  ${map}`);
    }
  }
  progress.finish();
  for (const notice of notices) terminal.note(notice);
  if (failures.length > 0) throw new RequestRefusedError('PREDICTION_FAILED', failures.join('\n'));
}

function attentionInput({ maps, layer, averageLayers, head }: Omit<PredictOptions, 'checkpoint'>): object {
  return { labels: maps, layer, averageLayers, head };
}
