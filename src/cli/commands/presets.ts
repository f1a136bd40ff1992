import { type Command, Option } from 'commander';
import { stringify } from 'yaml';
import { PIPELINE_PRESETS, type PresetDetails } from '../../client/operations/pipelines.js';
import { formatBytes, formatDuration, formatNumber } from '../../terminal/format.js';
import type { Terminal } from '../../terminal/terminal.js';
import { withContext, withExamples, type CommandContext } from '../context.js';
import { numberOption } from '../number-option.js';

const DEFAULT_BATCH = 32;

interface PresetOptions {
  readonly batch: number;
  readonly estimate?: boolean;
}

/** `q2l pipelines presets`: pipelines to start from, with what they cost. */
export function addPresetCommand(group: Command): void {
  const presets = group
    .command('presets [preset]')
    .description(
      'list presets with their parameters, operations and memory, or show one with its definition and recipe',
    )
    .addOption(
      new Option('--batch <images>', 'images in a training step, for memory and time')
        .argParser(numberOption)
        .default(DEFAULT_BATCH),
    )
    .option('--estimate', "estimate times on the server's machine from a training step measured there (some seconds)")
    .action((name: string | undefined, options: PresetOptions) =>
      withContext(presets, (context) => showPresets(context, name, options)),
    );
  withExamples(presets, 'q2l pipelines presets --batch 16 --estimate', 'q2l pipelines presets q2l-r101-448');
}

async function showPresets(
  { client, terminal }: CommandContext,
  name: string | undefined,
  { batch, estimate: measure = false }: PresetOptions,
): Promise<void> {
  const variables = { name, batchSize: batch, measure };
  const { pipelinePresets } = await client.request(PIPELINE_PRESETS, variables);
  terminal.table(
    [
      'preset',
      'parameters',
      'GFLOP/image',
      `training, ${batch} images`,
      'mAP (published)',
      ...(measure ? ['step', 'image'] : []),
    ],
    pipelinePresets.map(({ cost, published, estimate, ...preset }) => [
      preset.name,
      `${formatNumber(cost.parameters / 1e6, 1)} M`,
      formatNumber(cost.predictionOperations / 1e9, 1),
      formatBytes(cost.trainingBytes),
      published === null ? '-' : `${formatNumber(published.meanAveragePrecision, 3)} ${published.protocol}`,
      ...(estimate === undefined
        ? []
        : [formatDuration(estimate.secondsPerStep), formatDuration(estimate.secondsPerImage)]),
    ]),
  );
  const measured = pipelinePresets.at(0)?.estimate;
  if (measured !== undefined) {
    terminal.note(
      `Times are estimates from a step of ${measured.measuredPreset} with ${measured.measuredBatchSize} images: ${formatNumber(measured.measuredSeconds, 2)} s.`,
    );
  }
  if (name !== undefined) pipelinePresets.forEach((preset) => showPreset(terminal, preset));
  terminal.document({ presets: pipelinePresets });
}

function showPreset(terminal: Terminal, { description, definition, recipe, published }: PresetDetails): void {
  terminal.line();
  terminal.line(`${description}.${published === null ? '' : ` Published in ${published.source}.`}`);
  terminal.line(stringify({ definition, recipe }).trimEnd());
}
