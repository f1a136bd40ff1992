import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { z } from 'zod';
import { GraphqlClient } from '../client/graphql-client.js';
import { RUN_METRICS } from '../client/operations/run-metrics.js';
import { formatDuration, formatNumber } from '../terminal/format.js';
import type { Terminal } from '../terminal/terminal.js';
import { COCO_MINI_HEAD, COCO_MINI_PLANS } from './coco-mini-plans.js';
import { startPlatform } from './platform-process.js';
import { trainThroughApi } from './train-through-api.js';

const LEFT_OUT = 'person';

const BACKBONES = ['mobilenet-v1', 'mobilenet-v2'] as const;
const optionsSchema = z.object({
  backbone: z.enum(BACKBONES),
  epochs: z.coerce.number().int().positive().optional(),
  short: z.boolean().default(false),
  views: z.coerce.number().int().min(0).optional(),
});

/**
 * Trains on coco-mini (`$Q2L_SHARED/data/coco-mini`) through the platform, from the weights in `$Q2L_SHARED/weights`.
 * @returns whether the wanted mean average precision was reached
 */
export async function runCocoMini(arguments_: readonly string[], terminal: Terminal): Promise<boolean> {
  const command = new Command('npm run coco-mini --')
    .addOption(
      new Option('--backbone <name>', 'mobilenet-v1 frozen, or mobilenet-v2 fine-tuned')
        .choices(BACKBONES)
        .default('mobilenet-v1'),
    )
    .option('--epochs <count>', "instead of the backbone's own")
    .option('--short', 'a few epochs, and less is wanted')
    .option('--views <count>', 'views of each picture whose features a frozen backbone keeps; 0 keeps none')
    .parse(arguments_, { from: 'user' });
  const { backbone, epochs: wantedEpochs, short, views } = optionsSchema.parse(command.opts());
  const shared = process.env.Q2L_SHARED;
  if (!shared) throw new Error('Q2L_SHARED must name the folder that holds data/coco-mini and weights/.');
  const plan = COCO_MINI_PLANS[backbone];
  const epochs = wantedEpochs ?? (short ? plan.epochs.short : plan.epochs.full);
  const output = resolve('demo-output/coco-mini', backbone);
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });

  const started = Date.now();
  const platform = await startPlatform({
    dataFolder: join(output, 'data'),
    importFolders: { coco: join(shared, 'data/coco-mini') },
    weightsFolder: join(shared, 'weights'),
    logFile: join(output, 'server.log'),
  });
  const client = new GraphqlClient(platform.server, platform.token);
  try {
    const { dataset, run, imagesPerSecond } = await trainThroughApi(client, terminal, {
      name: 'coco-mini',
      importFolder: 'coco',
      pipeline: { ...COCO_MINI_HEAD, backbone: plan.backbone, freeze: plan.freeze },
      recipe: {
        ...plan.recipe,
        epochs,
        evaluateEvery: Math.min(5, epochs),
        ...(views !== undefined && { featureCache: views === 0 ? { mode: 'off' } : { views } }),
      },
    });
    const { metrics } = (await client.request(RUN_METRICS, { id: run.id })).trainingRun;
    const names = dataset.labels.map(({ name }) => name);
    // Raw and averaged parameters are both evaluated; the better of the last epoch counts, as in the official code.
    let reached = 0;
    let lastEpoch = -1;
    for (const { epoch, weights, name, value, perLabel } of metrics) {
      if (name !== 'voc-all-point' || perLabel === null) continue;
      const kept = perLabel.filter((_, index) => names[index] !== LEFT_OUT).map((average) => average ?? 0);
      const mean = kept.reduce((sum, average) => sum + average, 0) / kept.length;
      if (epoch > lastEpoch) reached = 0;
      lastEpoch = epoch;
      reached = Math.max(reached, mean);
      terminal.line(
        `epoch ${epoch + 1}, ${weights}: mAP ${formatNumber(value, 4)}, without ${LEFT_OUT} ${formatNumber(mean, 4)} (${name})`,
      );
    }
    terminal.line(
      `${plan.title}: ${epochs} epochs, ${formatNumber(imagesPerSecond, 1)} images/s in training, ${formatDuration((Date.now() - started) / 1000)} in all`,
    );
    const wanted = epochs >= plan.epochs.full ? plan.wanted.full : plan.wanted.short;
    if (reached < wanted)
      terminal.note(`Wanted ${wanted} without ${LEFT_OUT} after the last epoch, reached ${reached.toFixed(4)}.`);
    return reached >= wanted;
  } finally {
    await client.close();
    await platform.stop();
  }
}
