import { Argument, Option, type Command } from 'commander';
import { SET_PRECISION } from '../../client/operations/quantization.js';
import { quantizeCheckpoint } from '../../client/quantize.js';
import { settled } from '../../client/refusal.js';
import { formatNumber } from '../../terminal/format.js';
import { withContext, withExamples, type CommandContext } from '../context.js';
import { findDataset } from '../find.js';
import { numberOption } from '../number-option.js';

interface QuantizeOptions {
  readonly split: string;
  readonly calibrationSplit: string;
  readonly images: number;
  readonly mostLost: number;
}

const PRECISIONS = { float32: 'FLOAT32', int8: 'INT8' } as const;
type Precision = keyof typeof PRECISIONS;

/** `q2l checkpoints quantize` and `precision`: which numbers a checkpoint predicts in. */
export function addQuantizationCommands(group: Command): void {
  const quantize = group
    .command('quantize <checkpoint> <dataset>')
    .description(
      'let a checkpoint, given by its id or an alias, predict in 8 bits: finds how on pictures of a dataset, measures float32 and 8 bits, and refuses if too much is lost',
    )
    .option('--split <name>', 'split that both are measured on', 'validation')
    .option('--calibration-split <name>', 'split that the ranges of activations are found on', 'train')
    .addOption(
      new Option('--images <count>', 'pictures that they are found on, drawn at random, 1 to 10000')
        .argParser(numberOption)
        .default(64),
    )
    .addOption(
      new Option('--most-lost <share>', 'refuse if voc-all-point falls by more than this, 0 to 1')
        .argParser(numberOption)
        .default(0.005),
    )
    .action((checkpoint: string, dataset: string, options: QuantizeOptions) =>
      withContext(quantize, (context) => quantizeAs(context, checkpoint, dataset, options)),
    );
  withExamples(
    quantize,
    'q2l checkpoints quantize production scenes',
    'q2l checkpoints quantize production scenes --images 200 --split test --most-lost 0.01',
  );

  const precision = group
    .command('precision <checkpoint>')
    .description('let a checkpoint predict in float32, or again in the 8 bits that "quantize" found')
    .addArgument(new Argument('<precision>', 'float32 or int8').choices(Object.keys(PRECISIONS)))
    .action((checkpoint: string, name: Precision) =>
      withContext(precision, (context) => setPrecision(context, checkpoint, name)),
    );
  withExamples(precision, 'q2l checkpoints precision production float32', 'q2l checkpoints precision production int8');
}

async function quantizeAs(
  { client, terminal }: CommandContext,
  checkpoint: string,
  datasetName: string,
  { split, calibrationSplit, images, mostLost }: QuantizeOptions,
): Promise<void> {
  const dataset = await findDataset(client, datasetName);
  const request = { checkpoint, dataset: dataset.id, calibrationSplit, images, split, mostLost };
  const { id, precision, quantization } = await quantizeCheckpoint(client, terminal, request);
  const { metric, float32, int8 } = quantization;
  terminal.record({
    checkpoint: id,
    calibrated: `on ${quantization.calibrationImages} pictures of ${calibrationSplit}, ${dataset.name} (${dataset.id})`,
    ranges: quantization.rule,
    [`${metric} on ${split}`]: `float32 ${formatNumber(float32, 4)}, int8 ${formatNumber(int8, 4)}`,
  });
  terminal.line('It predicts in 8 bits from now on.');
  terminal.document({ checkpoint: id, precision, quantization });
}

async function setPrecision({ client, terminal }: CommandContext, checkpoint: string, name: Precision): Promise<void> {
  const input = { checkpoint, precision: PRECISIONS[name] };
  const { id, precision } = settled((await client.request(SET_PRECISION, { input })).setPrecision);
  terminal.line(`Checkpoint ${id} now predicts in ${name}`);
  terminal.document({ checkpoint: id, precision });
}
