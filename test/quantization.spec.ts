import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { CheckpointPrecision } from '../src/checkpoint/checkpoint-quantization.js';
import type { Checkpoint } from '../src/checkpoint/checkpoint.entity.js';
import { CheckpointService } from '../src/checkpoint/checkpoint.service.js';
import { PredictionPool } from '../src/prediction/serving/prediction-pool.js';
import { GraphqlClient } from '../src/client/graphql-client.js';
import { QUANTIZE_CHECKPOINT } from '../src/client/operations/quantization.js';
import { writeColourFolders } from './support/colour-folders.js';
import { makeCheckpoint } from './support/make-checkpoint.js';
import { importLabelFolders } from './support/make.js';
import { type StartedApp, startApp } from './support/start-app.js';
import { warningsOfLoading } from './support/prediction-warnings.js';
import { temporaryFolder, type TemporaryFolder } from './support/temporary-folder.js';

const LABELS = ['blue', 'green', 'red'];
const QUANTIZE = `mutation ($input: QuantizeCheckpointInput!) {
  quantizeCheckpoint(input: $input) {
    __typename
    ... on Checkpoint { precision quantization { calibrationImages rule split metric float32 int8 } }
    ... on QuantizationRefused { code message metric float32 int8 }
    ... on UserError { code message }
  }
}`;

interface Answer {
  readonly __typename: string;
  readonly precision?: string;
  readonly quantization?: Readonly<Record<string, unknown>> & { readonly float32: number; readonly int8: number };
  readonly message?: string;
  readonly float32?: number;
  readonly int8?: number;
}

interface Predicted {
  readonly notice: string | null;
  readonly results: readonly { readonly labels: readonly { readonly index: number; readonly score: number }[] }[];
}

interface Evaluated {
  readonly notice: string | null;
  readonly metrics: readonly { readonly value: number }[];
}

function scoresOf({ results }: Predicted): number[] {
  return results.flatMap(({ labels }) =>
    [...labels].sort((one, other) => one.index - other.index).map(({ score }) => score),
  );
}

describe('predicting in 8 bits, end to end', () => {
  let pictures: TemporaryFolder;
  let app: StartedApp;
  let dataset: string;
  let checkpoint: Checkpoint;

  beforeAll(async () => {
    pictures = await temporaryFolder();
    await writeColourFolders(pictures.path, { train: 6, validation: 4 });
    // A split that says nothing of what the model will see.
    await mkdir(join(pictures.path, 'night', 'red'), { recursive: true });
    const black = sharp({ create: { width: 48, height: 40, channels: 3, background: '#000000' } });
    await black.png().toFile(join(pictures.path, 'night', 'red', '0.png'));
    app = await startApp({ Q2L_IMPORT_FOLDERS: `pictures=${pictures.path}`, Q2L_THREADS: '1' });
    checkpoint = await makeCheckpoint(app.application, LABELS);
    dataset = await importLabelFolders(app.client, 'pictures');
  }, 120_000);
  afterAll(async () => {
    await app.stop();
    await pictures.remove();
  });

  async function quantize(input: object): Promise<Answer> {
    const all = { checkpoint: checkpoint.id, dataset, ...input };
    return (await app.client.data<{ quantizeCheckpoint: Answer }>(QUANTIZE, { input: all })).quantizeCheckpoint;
  }

  async function setPrecision(id: string, precision: string): Promise<Answer> {
    const { setPrecision } = await app.client.data<{ setPrecision: Answer }>(
      'mutation ($input: SetPrecisionInput!) { setPrecision(input: $input) { __typename ... on Checkpoint { precision } ... on UserError { message } } }',
      { input: { checkpoint: id, precision } },
    );
    return setPrecision;
  }

  async function evaluate(): Promise<Evaluated> {
    const { evaluate } = await app.client.data<{ evaluate: Evaluated }>(
      'query ($input: EvaluateInput!) { evaluate(input: $input) { ... on Evaluation { notice metrics { value } } } }',
      { input: { checkpoint: checkpoint.id, dataset, split: 'validation' } },
    );
    return evaluate;
  }

  async function predict(): Promise<Predicted> {
    const { images } = await app.client.data<{ images: { nodes: { id: string }[] } }>(
      'query ($dataset: ID!) { images(dataset: $dataset, split: "validation", first: 12) { nodes { id } } }',
      { dataset },
    );
    const { predict } = await app.client.data<{ predict: Predicted }>(
      'query ($input: PredictInput!) { predict(input: $input) { ... on PredictionBatch { notice results { ... on Prediction { labels { index score } } } } } }',
      { input: { checkpoint: checkpoint.id, images: images.nodes.map(({ id }) => ({ imageId: id })) } },
    );
    return predict;
  }

  const measured = async (): Promise<number> => (await evaluate()).metrics[0].value;
  const scores = async (): Promise<number[]> => scoresOf(await predict());

  it('refuses 8 bits that cost too much, with both figures, and leaves the checkpoint as it was', async () => {
    const before = await scores();
    const answer = await quantize({ calibrationSplit: 'night', images: 1 });
    expect(answer).toMatchObject({
      __typename: 'QuantizationRefused',
      code: 'QUANTIZATION_REFUSED',
      metric: 'voc-all-point',
    });
    expect(answer.float32).toBeCloseTo(await measured(), 6);
    expect(answer.int8).toBeLessThan((answer.float32 ?? 0) - 0.005);
    expect(answer.message).toContain(answer.int8?.toFixed(4));
    expect(await scores()).toEqual(before);
    expect(await setPrecision(checkpoint.id, 'INT8')).toMatchObject({
      __typename: 'Conflict',
      message: expect.stringMatching(/never quantized/),
    });
  }, 120_000);

  it('predicts in 8 bits once that was measured, and in float32 again when it is told to', async () => {
    const exact = await scores();
    const answer = await quantize({ images: 12, mostLost: 0.3 });
    expect(answer).toMatchObject({ __typename: 'Checkpoint', precision: 'INT8' });
    expect(answer.quantization).toMatchObject({ calibrationImages: 12, split: 'validation', metric: 'voc-all-point' });
    expect(await measured()).toBeCloseTo(answer.quantization?.int8 ?? NaN, 6);
    const rounded = await scores();
    const errors = rounded.map((score, index) => Math.abs(score - exact[index]));
    expect(Math.max(...errors)).toBeGreaterThan(0);
    expect(Math.max(...errors)).toBeLessThan(0.05);

    expect(await setPrecision(checkpoint.id, 'FLOAT32')).toMatchObject({ precision: 'FLOAT32' });
    expect(await scores()).toEqual(exact);
    expect(await measured()).toBeCloseTo(answer.quantization?.float32 ?? NaN, 6);
    expect(await setPrecision(checkpoint.id, 'INT8')).toMatchObject({ precision: 'INT8' });
    expect(await scores()).toEqual(rounded);
  }, 120_000);

  it('tells how far it is', async () => {
    const stages = new Map<string, number>();
    const follow = (async () => {
      const events = app.client.subscribe<{ quantizationProgress: { stage: string; done: number } }>(
        'subscription ($checkpoint: String!) { quantizationProgress(checkpoint: $checkpoint) { stage done } }',
        { checkpoint: checkpoint.id },
      );
      for await (const { data } of events) {
        if (data) stages.set(data.quantizationProgress.stage, data.quantizationProgress.done);
      }
    })();
    await pause(500);
    expect(await quantize({ images: 10, mostLost: 0.3 })).toMatchObject({ __typename: 'Checkpoint' });
    await follow;
    expect([...stages]).toEqual([
      ['CALIBRATE', 10],
      ['MEASURE_FLOAT32', 12],
      ['MEASURE_INT8', 12],
    ]);
  }, 120_000);

  it.each(['HTTP', 'WebSocket'])(
    'is given up when its client leaves, over %s',
    async (transport) => {
      const [worker] = app.application.get(PredictionPool).pids;
      const follow = async (): Promise<unknown> => {
        const events = app.client.subscribe(
          'subscription ($checkpoint: String!) { quantizationProgress(checkpoint: $checkpoint) { stage done finished } }',
          { checkpoint: checkpoint.id },
        );
        let last: unknown;
        for await (const { data } of events) last = data?.quantizationProgress;
        return last;
      };
      const ended = follow();
      process.kill(worker, 'SIGSTOP');
      try {
        const { asked, leave } = transport === 'HTTP' ? askOverHttp() : askOverSocket();
        const left = expect(asked).rejects.toThrow();
        await pause(500);
        await leave();
        await left;
        // The worker stands still: it cannot have been the one that ended it.
        expect(await ended).toEqual({ stage: 'CALIBRATE', done: 0, finished: true });
      } finally {
        process.kill(worker, 'SIGCONT');
      }
    },
    30_000,
  );

  function askOverHttp() {
    const leaving = new AbortController();
    const asked = fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: QUANTIZE, variables: { input: { checkpoint: checkpoint.id, dataset } } }),
      signal: leaving.signal,
    });
    return { asked, leave: () => leaving.abort() };
  }

  /** As q2l does. */
  function askOverSocket() {
    const client = new GraphqlClient(app.url);
    const input = { checkpoint: checkpoint.id, dataset };
    return { asked: client.requestOverSocket(QUANTIZE_CHECKPOINT, { input }), leave: () => client.close() };
  }

  it('predicts in float32, and says so, where an upgrade compiles another model than the one that was quantized', async () => {
    await setPrecision(checkpoint.id, 'FLOAT32');
    const exact = await scores();
    await setPrecision(checkpoint.id, 'INT8');
    const rounded = await scores();
    const service = app.application.get(CheckpointService, { strict: false });
    const { quantization } = await service.get(checkpoint.id);
    if (quantization === null) throw new Error('The test before this one has quantized it.');
    const engine = { ...quantization.engine, model: 'f'.repeat(64) };
    await service.setPrecision(checkpoint.id, CheckpointPrecision.INT8, { ...quantization, engine });

    const answer = await predict();
    expect(answer.notice).toMatch(/answered in float32.*quantized again/);
    expect(scoresOf(answer)).toEqual(exact);
    const evaluation = await evaluate();
    expect(evaluation.notice).toBe(answer.notice);
    expect(evaluation.metrics[0].value).toBeCloseTo(quantization.float32, 6);
    expect(await warningsOfLoading(checkpoint.id, app)).toEqual([
      expect.stringMatching(/predicts in float32: .*its 8-bit ranges.*q2l checkpoints quantize .* DATASET/),
    ]);

    expect(await quantize({ images: 10, mostLost: 0.3 })).toMatchObject({ precision: 'INT8' });
    expect((await predict()).notice).toBeNull();
    expect(await scores()).toEqual(rounded);
  }, 120_000);

  it('refuses what cannot be', async () => {
    expect(await quantize({ images: 0 })).toMatchObject({ __typename: 'InvalidInput' });
    expect(await quantize({ checkpoint: 'nobody' })).toMatchObject({ __typename: 'NotFound' });
    expect(await quantize({ split: 'tset' })).toMatchObject({ __typename: 'NotFound' });
  });
});
