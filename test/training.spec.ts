import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeColourFolders } from './support/colour-folders.js';
import { importLabelFolders, make } from './support/make.js';
import { type OwnServer, startOwnServer } from './support/own-server.js';
import { newestFiles, untilRun, untilSucceeded } from './support/training-runs.js';

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

describe('training through the API, with a real server and a real worker', () => {
  let own: OwnServer;
  let pipelineId: string;
  let datasetId: string;

  beforeAll(async () => {
    own = await startOwnServer({ Q2L_IMPORT_FOLDERS: 'pictures=pictures' }, (folder) =>
      writeColourFolders(join(folder, 'pictures'), { train: 16, validation: 6 }),
    );
    datasetId = await importLabelFolders(own.client, 'pictures');
    expect(await own.client.data('{ datasets { nodes { imageCount } } }')).toEqual({
      datasets: { nodes: [{ imageCount: 66 }] },
    });
    pipelineId = await make(own.client, 'createPipeline', { name: 'small', definition: PIPELINE });
  }, 120_000);

  afterAll(() => own.remove(), 60_000);

  const start = (recipe: object = {}, pipeline = pipelineId): Promise<string> =>
    make(own.client, 'startTrainingRun', { pipelineId: pipeline, datasetId, recipe: { ...RECIPE, ...recipe } });

  const change = (name: string, id: string) =>
    own.client.data<Record<string, { __typename: string; allowed?: string[] }>>(
      `mutation($id: ID!) { ${name}(id: $id) { __typename ... on IllegalTransition { allowed } } }`,
      { id },
    );

  async function metrics(
    id: string,
  ): Promise<{ epoch: number; weights: string; name: string; value: number | null; perLabel: number[] | null }[]> {
    const { trainingRun } = await own.client.data<{ trainingRun: { metrics: Awaited<ReturnType<typeof metrics>> } }>(
      `query($id: ID!) { trainingRun(id: $id) { metrics { epoch weights name value perLabel } } }`,
      { id },
    );
    return trainingRun.metrics;
  }

  let undisturbed: string;

  it('trains with a loss that weighs labels by how often they occur', async () => {
    const definition = { ...PIPELINE, loss: { name: 'distribution-balanced' } };
    const pipeline = await make(own.client, 'createPipeline', { name: 'balanced', definition });
    await untilSucceeded(own, await start({ epochs: 1 }, pipeline));
  });

  it('refuses options that do not fit together with the numbers involved', async () => {
    const { createPipeline } = await own.client.data<{ createPipeline: unknown }>(
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
    for await (const { data } of own.client.subscribe<{ trainingRunProgress: { eventId: number; step: number } }>(
      query,
      { id: undisturbed },
    )) {
      if (data) progress.push(data.trainingRunProgress);
    }
    const run = await untilRun(own, undisturbed, ({ status }) => status === 'SUCCEEDED' || status === 'FAILED');
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
    const { checkpoints } = await own.client.data<{
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
    await untilRun(own, id, ({ step }) => step >= 20);
    const [worker] = own.server.workers('training');
    process.kill(worker, 'SIGKILL');
    const run = await untilRun(own, id, ({ status }) => status === 'SUCCEEDED' || status === 'FAILED');
    expect(run).toMatchObject({ status: 'SUCCEEDED', step: 60, interruptions: 1 });
    expect(run.transitions.map(({ to }) => to)).toEqual([
      'QUEUED',
      'RUNNING',
      'INTERRUPTED',
      'QUEUED',
      'RUNNING',
      'SUCCEEDED',
    ]);
    expect(await newestFiles(own, id)).toEqual(await newestFiles(own, undisturbed));
    const numbers = async (which: string) =>
      (await metrics(which))
        .filter(({ name }) => name !== 'images-per-second')
        .sort((a, b) => a.epoch - b.epoch || a.weights.localeCompare(b.weights));
    expect(await numbers(id)).toEqual(await numbers(undisturbed));
  }, 180_000);

  it('pauses, resumes to the same bytes, and refuses what its state does not allow', async () => {
    const id = await start();
    await untilRun(own, id, ({ step }) => step >= 10);
    const asked = Date.now();
    await change('pauseTrainingRun', id);
    await untilRun(own, id, ({ status }) => status === 'PAUSED', 10);
    expect(Date.now() - asked).toBeLessThan(3000);
    expect(await change('pauseTrainingRun', id)).toMatchObject({
      pauseTrainingRun: { __typename: 'IllegalTransition', allowed: ['resume', 'cancel'] },
    });
    await change('resumeTrainingRun', id);
    await untilRun(own, id, ({ status }) => status === 'SUCCEEDED');
    expect(await newestFiles(own, id)).toEqual(await newestFiles(own, undisturbed));
  }, 180_000);

  it('cancels, and fails with the reason when training diverges', async () => {
    const id = await start({ epochs: 1000 });
    await untilRun(own, id, ({ step }) => step >= 2);
    await change('cancelTrainingRun', id);
    await untilRun(own, id, ({ status }) => status === 'CANCELLED', 10);
    const wild = await start({ learningRate: 1e30, gradientClipNorm: null, optimizer: { name: 'sgd' } });
    const { problem } = await untilRun(own, wild, ({ status }) => status === 'FAILED');
    expect(problem).toMatch(/gave a loss of .*training stopped/);
  }, 180_000);
});
