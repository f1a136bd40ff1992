import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { type ServerProcess, startServerProcess } from './support/server-process.js';
import { temporaryFolder, type TemporaryFolder } from './support/temporary-folder.js';
import { createTestDatabase, type TestDatabase } from './support/test-database.js';

const COLOURS = { red: [230, 30, 30], green: [30, 200, 40], blue: [30, 40, 220] } as const;

/** Noisy pictures of one colour each, a folder per label. */
async function paint(folder: string): Promise<void> {
  for (const [split, count] of [
    ['train', 16],
    ['validation', 6],
  ] as const) {
    // prettier-ignore
    for (const [label, colour] of Object.entries(COLOURS)) {
      await mkdir(join(folder, split, label), { recursive: true });
      for (let index = 0; index < count; index += 1) {
        const data = Uint8Array.from({ length: 48 * 40 * 3 }, (_, at) => colour[at % 3] + ((at * 7 + index * 13) % 25));
        const picture = sharp(data, { raw: { width: 48, height: 40, channels: 3 } }).jpeg();
        await picture.toFile(join(folder, split, label, `${index}.jpg`));
      }
    }
  }
}

const PIPELINE = {
  backbone: {
    name: 'resnet',
    options: { depth: 18, normalization: 'batch', frozenStages: 0, width: 8, outputStride: 8 },
  },
  decoder: {
    name: 'query2label',
    options: { hiddenSize: 16, feedForwardSize: 32, heads: 2, encoderLayers: 0, decoderLayers: 1, dropout: 0.1 },
  },
  loss: { name: 'binary-cross-entropy' },
  image: { size: 32 },
};
const RECIPE = {
  ...{ epochs: 10, batchSize: 8, learningRate: 3e-3, averageDecay: 0.9, gradientClipNorm: 5, earlyStopping: null },
  ...{ augmentations: [{ name: 'horizontal-flip' }], checkpointEverySteps: 4, seed: 7 },
};
const RUN = 'id status step totalSteps epoch problem bestMetric interruptions transitions { from to cause }';

interface Run {
  readonly id: string;
  readonly status: string;
  readonly step: number;
  readonly totalSteps: number | null;
  readonly epoch: number;
  readonly problem: string | null;
  readonly bestMetric: number | null;
  readonly interruptions: number;
  readonly transitions: readonly { readonly from: string | null; readonly to: string; readonly cause: string }[];
}

describe('training through the API, with a real server and a real worker', () => {
  let folder: TemporaryFolder;
  let database: TestDatabase;
  let server: ServerProcess;
  let pipelineId: string;
  let datasetId: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    database = await createTestDatabase();
    await paint(join(folder.path, 'pictures'));
    server = await startServerProcess({
      Q2L_DATA: join(folder.path, 'data'),
      Q2L_IMPORT_FOLDERS: `pictures=${join(folder.path, 'pictures')}`,
      DATABASE_URL: database.url,
    });
    const { importDataset } = await server.client.data<{ importDataset: { id: string; imageCount: number } }>(
      `mutation($input: ImportDatasetInput!) { importDataset(input: $input) { __typename ... on Dataset { id imageCount } ... on UserError { message } } }`,
      { input: { name: 'colours', folder: 'pictures', importer: { name: 'folder', options: {} }, wait: true } },
    );
    expect(importDataset).toMatchObject({ __typename: 'Dataset', imageCount: 66 });
    datasetId = importDataset.id;
    const { createPipeline } = await server.client.data<{ createPipeline: { id: string } }>(
      `mutation($input: CreatePipelineInput!) { createPipeline(input: $input) { __typename ... on Pipeline { id } ... on UserError { message } } }`,
      { input: { name: 'small', definition: PIPELINE } },
    );
    expect(createPipeline).toMatchObject({ __typename: 'Pipeline' });
    pipelineId = createPipeline.id;
  }, 120_000);

  afterAll(async () => {
    await server.stop();
    await database.drop();
    await folder.remove();
  }, 60_000);

  async function start(recipe: object = {}): Promise<string> {
    const { startTrainingRun } = await server.client.data<{ startTrainingRun: { id: string; message?: string } }>(
      `mutation($input: StartTrainingRunInput!) { startTrainingRun(input: $input) { ... on TrainingRun { id } ... on UserError { message } } }`,
      { input: { pipelineId, datasetId, recipe: { ...RECIPE, ...recipe } } },
    );
    if (startTrainingRun.message !== undefined) throw new Error(startTrainingRun.message);
    return startTrainingRun.id;
  }

  async function until(id: string, reached: (run: Run) => boolean, seconds = 120): Promise<Run> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const { trainingRun } = await server.client.data<{ trainingRun: Run }>(
        `query($id: ID!) { trainingRun(id: $id) { ${RUN} } }`,
        { id },
      );
      if (reached(trainingRun)) return trainingRun;
      if (Date.now() > deadline) throw new Error(`The run did not get there: ${JSON.stringify(trainingRun)}`);
      await delay(50);
    }
  }

  const change = (name: string, id: string) =>
    server.client.data<Record<string, { __typename: string; allowed?: string[] }>>(
      `mutation($id: ID!) { ${name}(id: $id) { __typename ... on IllegalTransition { allowed } } }`,
      { id },
    );

  /** SHA-256 of each file of the newest LAST checkpoint. */
  async function newestFiles(runId: string): Promise<Record<string, { sha256: string }>> {
    const { checkpoints } = await server.client.data<{ checkpoints: { nodes: { id: string }[] } }>(
      `query($runId: ID!) { checkpoints(runId: $runId, kind: LAST, first: 1) { nodes { id } } }`,
      { runId },
    );
    const path = join(folder.path, 'data', 'checkpoints', checkpoints.nodes[0].id, 'manifest.json');
    const manifest = JSON.parse(await readFile(path, 'utf8')) as { files: Record<string, { sha256: string }> };
    return manifest.files;
  }

  async function metrics(
    id: string,
  ): Promise<{ epoch: number; weights: string; name: string; value: number | null; perLabel: number[] | null }[]> {
    const { trainingRun } = await server.client.data<{ trainingRun: { metrics: Awaited<ReturnType<typeof metrics>> } }>(
      `query($id: ID!) { trainingRun(id: $id) { metrics { epoch weights name value perLabel } } }`,
      { id },
    );
    return trainingRun.metrics;
  }

  let undisturbed: string;

  it('trains with a loss that weighs labels by how often they occur', async () => {
    const { createPipeline } = await server.client.data<{ createPipeline: { id: string } }>(
      `mutation($input: CreatePipelineInput!) { createPipeline(input: $input) { ... on Pipeline { id } ... on UserError { message } } }`,
      { input: { name: 'balanced', definition: { ...PIPELINE, loss: { name: 'distribution-balanced' } } } },
    );
    const { startTrainingRun } = await server.client.data<{ startTrainingRun: { id: string } }>(
      `mutation($input: StartTrainingRunInput!) { startTrainingRun(input: $input) { ... on TrainingRun { id } ... on UserError { message } } }`,
      { input: { pipelineId: createPipeline.id, datasetId, recipe: { ...RECIPE, epochs: 1 } } },
    );
    const run = await until(startTrainingRun.id, ({ status }) => status === 'SUCCEEDED' || status === 'FAILED');
    expect(run).toMatchObject({ status: 'SUCCEEDED', problem: null });
  });

  it('refuses options that do not fit together with the numbers involved', async () => {
    const { createPipeline } = await server.client.data<{ createPipeline: unknown }>(
      `mutation($input: CreatePipelineInput!) { createPipeline(input: $input) { __typename ... on InvalidInput { message fields { path } } } }`,
      {
        input: {
          name: 'odd',
          definition: { ...PIPELINE, decoder: { name: 'query2label', options: { hiddenSize: 16, heads: 3 } } },
        },
      },
    );
    expect(createPipeline).toMatchObject({ __typename: 'InvalidInput', message: expect.stringMatching(/16.*3|3.*16/) });
  });

  it('refuses what cannot be trained with, naming the place', async () => {
    await expect(start({ precision: 'mixed' })).rejects.toThrow(/recipe.precision: .*compute in float32 only/);
    await expect(start({ metrics: [{ name: 'expected-calibration-error' }] })).rejects.toThrow(
      /recipe.metrics.0: .*of "expected-calibration-error" less is better/,
    );
  });

  it('learns, tells its progress, and records metrics and checkpoints', async () => {
    undisturbed = await start({ keepEveryEpochs: 4 });
    const progress: { eventId: number; step: number }[] = [];
    const query = `subscription($id: ID!) { trainingRunProgress(id: $id) { eventId epoch step totalSteps imagesPerSecond loss learningRate metric secondsLeft } }`;
    for await (const { data } of server.client.subscribe<{ trainingRunProgress: { eventId: number; step: number } }>(
      query,
      { id: undisturbed },
    )) {
      if (data) progress.push(data.trainingRunProgress);
    }
    const run = await until(undisturbed, ({ status }) => status === 'SUCCEEDED' || status === 'FAILED');
    expect(run).toMatchObject({ status: 'SUCCEEDED', problem: null, step: 60, totalSteps: 60, epoch: 10 });
    expect(run.bestMetric).toBeGreaterThan(0.8);
    expect(run.transitions.map(({ to }) => to)).toEqual(['QUEUED', 'RUNNING', 'SUCCEEDED']);
    expect(progress.at(-1)?.step).toBe(60);
    expect(progress.map(({ eventId }) => eventId)).toEqual(
      progress.map(({ eventId }) => eventId).sort((a, b) => a - b),
    );
    const points = await metrics(undisturbed);
    for (const weights of ['raw', 'averaged']) {
      const precision = points.filter((point) => point.name === 'voc-all-point' && point.weights === weights);
      expect(precision.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(precision.every(({ perLabel }) => perLabel?.length === 3)).toBe(true);
    }
    const reached = points.filter(({ name }) => name === 'voc-all-point').map(({ value }) => value ?? 0);
    expect(run.bestMetric).toBe(Math.max(...reached));
    const ofTraining = (name: string) => points.filter((point) => point.name === name && point.weights === 'training');
    expect(ofTraining('loss')).toHaveLength(10);
    expect(ofTraining('images-per-second').every(({ value }) => value !== null && value > 0)).toBe(true);
    const rates = ofTraining('learning-rate').map(({ value }) => value ?? NaN);
    expect(rates).toHaveLength(10);
    expect(Math.max(...rates)).toBe(rates[1]);
    expect(rates[9]).toBeLessThan(1e-6);
    const { checkpoints } = await server.client.data<{
      checkpoints: { nodes: { kind: string; step: number; labels: string[] }[] };
    }>(`query($id: ID!) { checkpoints(runId: $id) { nodes { kind step labels metrics { name value } } } }`, { id: undisturbed }); // prettier-ignore
    const stepsOf = (wanted: string) => checkpoints.nodes.filter(({ kind }) => kind === wanted).map(({ step }) => step);
    expect(stepsOf('BEST')).toHaveLength(1);
    // The ends of the fourth and eighth epoch of six steps, and the two newest.
    expect(stepsOf('LAST').toSorted((a, b) => a - b)).toEqual([24, 48, 56, 60]);
    expect(checkpoints.nodes[0].labels).toEqual(['blue', 'green', 'red']);
  }, 180_000);

  it('survives kill -9 of its worker: the same bytes, the same metrics', async () => {
    const id = await start();
    await until(id, ({ step }) => step >= 20);
    const [worker] = server.workers('training');
    process.kill(worker, 'SIGKILL');
    const run = await until(id, ({ status }) => status === 'SUCCEEDED' || status === 'FAILED');
    expect(run).toMatchObject({ status: 'SUCCEEDED', step: 60, interruptions: 1 });
    expect(run.transitions.map(({ to }) => to)).toEqual([
      'QUEUED',
      'RUNNING',
      'INTERRUPTED',
      'QUEUED',
      'RUNNING',
      'SUCCEEDED',
    ]);
    expect(await newestFiles(id)).toEqual(await newestFiles(undisturbed));
    const numbers = async (which: string) =>
      (await metrics(which))
        .filter(({ name }) => name !== 'images-per-second')
        .sort((a, b) => a.epoch - b.epoch || a.weights.localeCompare(b.weights));
    expect(await numbers(id)).toEqual(await numbers(undisturbed));
  }, 180_000);

  it('pauses, resumes to the same bytes, and refuses what its state does not allow', async () => {
    const id = await start();
    await until(id, ({ step }) => step >= 10);
    const asked = Date.now();
    await change('pauseTrainingRun', id);
    await until(id, ({ status }) => status === 'PAUSED', 10);
    expect(Date.now() - asked).toBeLessThan(3000);
    expect(await change('pauseTrainingRun', id)).toMatchObject({
      pauseTrainingRun: { __typename: 'IllegalTransition', allowed: ['resume', 'cancel'] },
    });
    await change('resumeTrainingRun', id);
    await until(id, ({ status }) => status === 'SUCCEEDED');
    expect(await newestFiles(id)).toEqual(await newestFiles(undisturbed));
  }, 180_000);

  it('cancels, and fails with the reason when training diverges', async () => {
    const id = await start({ epochs: 1000 });
    await until(id, ({ step }) => step >= 2);
    await change('cancelTrainingRun', id);
    await until(id, ({ status }) => status === 'CANCELLED', 10);
    const wild = await start({ learningRate: 1e30, gradientClipNorm: null, optimizer: { name: 'sgd' } });
    const { problem } = await until(wild, ({ status }) => status === 'FAILED');
    expect(problem).toMatch(/gave a loss of .*training stopped/);
  }, 180_000);
});
