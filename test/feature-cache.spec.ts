import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeColourFolders } from './support/colour-folders.js';
import { importLabelFolders, make } from './support/make.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import { logOf, newestFiles, untilRun, untilSucceeded } from './support/training-runs.js';

const PICTURES = { train: 12, validation: 4 };
const FOUND = 3 * (PICTURES.train + PICTURES.validation);
const PIPELINE = {
  backbone: { name: 'resnet', options: { depth: 18, frozenStages: 5, width: 8, outputStride: 8 } },
  decoder: {
    name: 'query2label',
    options: { hiddenSize: 16, feedForwardSize: 32, heads: 2, encoderLayers: 0, decoderLayers: 1, dropout: 0.1 },
  },
  loss: { name: 'binary-cross-entropy' },
  image: { size: 32 },
};
const RECIPE = {
  ...{ epochs: 4, batchSize: 8, learningRate: 3e-3, averageDecay: 0.9, earlyStopping: null },
  ...{ augmentations: [], checkpointEverySteps: 4, seed: 7 },
};

describe('training on cached features, with a real server and a real worker', () => {
  let own: OwnServer;
  let pipelineId: string;
  let datasetId: string;

  beforeAll(async () => {
    own = await startOwnServer({ Q2L_IMPORT_FOLDERS: 'pictures=pictures' }, (folder) =>
      writeColourFolders(join(folder, 'pictures'), PICTURES),
    );
    datasetId = await importLabelFolders(own.client, 'pictures');
    pipelineId = await createPipeline('frozen', PIPELINE);
  }, 120_000);

  afterAll(() => own.remove(), 60_000);

  const createPipeline = (name: string, definition: object): Promise<string> =>
    make(own.client, 'createPipeline', { name, definition });
  const start = (recipe: object = {}, pipeline = pipelineId): Promise<string> =>
    make(own.client, 'startTrainingRun', { pipelineId: pipeline, datasetId, recipe: { ...RECIPE, ...recipe } });

  async function succeeds(id: string): Promise<string> {
    await untilSucceeded(own, id);
    return id;
  }

  async function lastLoss(id: string): Promise<number> {
    const query = `query($id: ID!) { trainingRun(id: $id) { metrics { epoch name value } } }`;
    const { trainingRun } = await own.client.data<{
      trainingRun: { metrics: { epoch: number; name: string; value: number }[] };
    }>(query, { id });
    return trainingRun.metrics.find(({ epoch, name }) => epoch === 3 && name === 'loss')?.value ?? NaN;
  }

  const textOfLog = async (id: string): Promise<string> => (await logOf(own, id)).join('\n');

  /** The newest share of features that came from the cache, and the smallest. */
  async function shares(id: string): Promise<(number | null)[]> {
    const found: (number | null)[] = [];
    const query = `subscription($id: ID!) { trainingRunProgress(id: $id, after: 0) { featuresFromCache } }`;
    for await (const { data } of own.client.subscribe<{
      trainingRunProgress: { featuresFromCache: number | null };
    }>(query, { id })) {
      if (data) found.push(data.trainingRunProgress.featuresFromCache);
    }
    return found;
  }

  /** All records, of all backbones. */
  async function records(): Promise<string[]> {
    const root = join(own.folder, 'data', 'features');
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    return entries.filter(({ name }) => /^[0-9a-f]{64}$/.test(name)).flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : [])); // prettier-ignore
  }

  let first: string;

  it('computes each picture once; a second run reads them all, and ends with the same bytes', async () => {
    first = await succeeds(await start());
    expect(await records()).toHaveLength(FOUND);
    expect(await textOfLog(first)).toMatch(
      /trains on cached features of the frozen backbone, 4 x 4 x 64, 4 KiB a picture/,
    );
    const second = await succeeds(await start());
    expect(new Set(await shares(second))).toEqual(new Set([1]));
    expect(await newestFiles(own, second)).toEqual(await newestFiles(own, first));
    expect(await records()).toHaveLength(FOUND);
  }, 180_000);

  it('is shared by the runs of an ablation: none of them computes a picture anew', async () => {
    const { startAblation } = await own.client.data<{ startAblation: { cells: { runs: { id: string }[] }[] } }>(
      `mutation($input: StartAblationInput!) { startAblation(input: $input) { ... on Ablation { cells { runs { id } } } } }`,
      {
        input: {
          ...{ name: 'heads', datasetId, pipeline: PIPELINE, recipe: { ...RECIPE, epochs: 1 }, seeds: [RECIPE.seed] },
          axes: {
            'pipeline.decoder.options.decoderLayers': [1, 2],
            'pipeline.loss': [{ name: 'binary-cross-entropy' }, { name: 'asymmetric' }],
          },
        },
      },
    );
    const runs = startAblation.cells.flatMap((cell) => cell.runs.map(({ id }) => id));
    expect(runs).toHaveLength(4);
    for (const id of runs) expect(new Set(await shares(await succeeds(id)))).toEqual(new Set([1]));
    expect(await records()).toHaveLength(FOUND);
  }, 180_000);

  it('comes to what training on pictures comes to, but for rounding', async () => {
    const off = await succeeds(await start({ featureCache: { mode: 'off' } }));
    expect(new Set(await shares(off))).toEqual(new Set([null]));
    const [cached, computed] = [await lastLoss(first), await lastLoss(off)];
    expect(Math.abs(cached - computed) / computed).toBeLessThan(1e-4);
  }, 120_000);

  it('mends damaged records, says so, and survives kill -9 of its worker: the same bytes', async () => {
    for (const path of await records()) {
      const content = await readFile(path);
      content[50] ^= 0xff;
      await writeFile(path, content);
    }
    const id = await start();
    await untilRun(own, id, ({ step }) => step >= 6);
    const [worker] = own.server.workers('training');
    process.kill(worker, 'SIGKILL');
    await succeeds(id);
    expect(await newestFiles(own, id)).toEqual(await newestFiles(own, first));
    expect(await textOfLog(id)).toMatch(/cached features of .* were damaged; they are computed again/);
    expect(await records()).toHaveLength(FOUND);
  }, 180_000);

  it('keeps so many augmented views, and those of both sides once only', async () => {
    const augmentations = [{ name: 'horizontal-flip' }];
    const plain = await succeeds(await start({ augmentations, epochs: 1 }));
    expect(await textOfLog(plain)).toMatch(/with recipe\.featureCache\.views/);
    const before = (await records()).length;
    const id = await succeeds(await start({ augmentations, featureCache: { views: 2 } }));
    const mirrored = (await records()).length - before;
    expect(mirrored).toBeGreaterThan(0);
    expect(mirrored).toBeLessThanOrEqual(3 * PICTURES.train);
    // The first two epochs see the views of training on pictures; what comes after has been seen.
    const seen = await shares(id);
    expect(seen.at(-1)).toBe(1);
  }, 180_000);

  it('refuses views of features that change, with the reason', async () => {
    await expect(start({ featureCache: { mode: 'off', views: 2 } })).rejects.toThrow(
      /featureCache\.views: .*mode is off/,
    );
    const learning = {
      ...PIPELINE,
      backbone: { ...PIPELINE.backbone, options: { depth: 18, frozenStages: 1, width: 8 } },
    };
    const pipeline = await createPipeline('learning', learning);
    await expect(start({ featureCache: { views: 2 } }, pipeline)).rejects.toThrow(
      /featureCache\.views: .*parameters of the backbone learn/,
    );
  });
});
