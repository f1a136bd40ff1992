import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { createEngine } from '@query2label/engine';
import { CheckpointStore } from '../src/checkpoint/checkpoint-store.js';
import type { Checkpoint } from '../src/checkpoint/checkpoint.entity.js';
import { decodeRgb } from '../src/dataset/image/decode-image.js';
import { resizeAntialiased } from '../src/dataset/image/resize.js';
import { ImageStore } from '../src/dataset/store/image-store.js';
import { PipelineAssembler } from '../src/pipeline/pipeline-assembler.js';
import { ATTENTION_SHARES } from '../src/pipeline/programs/tensor-names.js';
import { makeCheckpoint } from './support/make-checkpoint.js';
import { type StartedApp, startApp } from './support/start-app.js';

const LABELS = ['warm', 'cold', 'bright'];
const PREDICT = `query ($input: PredictInput!) {
  predict(input: $input) {
    ... on PredictionBatch {
      results {
        ... on Prediction { labels { index score attention { layer head rows columns values url } } }
        ... on PredictionFailure { code message }
      }
    }
    ... on UserError { code message }
  }
}`;

interface Map {
  readonly layer: number | null;
  readonly head: number | null;
  readonly rows: number;
  readonly columns: number;
  readonly values: number[][];
  readonly url: string;
}

interface Answer {
  readonly predict: {
    readonly message?: string;
    readonly results: readonly { labels: { index: number; score: number; attention: Map | null }[] }[];
  };
}

describe('attention maps, end to end', () => {
  let app: StartedApp;
  let checkpoint: Checkpoint;
  let picture: Buffer;

  const predict = async (input: Readonly<Record<string, unknown>>) =>
    (await app.client.data<Answer>(PREDICT, { input })).predict;

  beforeAll(async () => {
    app = await startApp({ Q2L_THREADS: '1', Q2L_PREDICTION_MAXIMUM_BATCH: '4' });
    checkpoint = await makeCheckpoint(app.application, LABELS);
    // Red on the left, blue on the right, so that cells differ.
    const right = await sharp({ create: { width: 60, height: 80, channels: 3, background: '#1030f0' } })
      .png()
      .toBuffer();
    picture = await sharp({ create: { width: 120, height: 80, channels: 3, background: '#f02010' } })
      .composite([{ input: right, left: 60, top: 0 }])
      .jpeg({ quality: 95 })
      .toBuffer();
  }, 120_000);

  afterAll(() => app.stop());

  it('equals a direct computation on the reference engine, attention included', async () => {
    const { results } = await predict({
      checkpoint: checkpoint.id,
      images: [{ base64: picture.toString('base64') }],
      options: { attention: { labels: 10 } },
    });
    const { definition, parameters } = await app.application
      .get(CheckpointStore, { strict: false })
      .load(checkpoint.id);
    const pipeline = await app.application
      .get(PipelineAssembler, { strict: false })
      .assemble(definition, LABELS.length);
    const { limits } = app.application.get(ImageStore, { strict: false });
    const image = resizeAntialiased(await decodeRgb(picture, limits, 'picture'), pipeline.imageSize);
    const engine = await createEngine({ engine: 'reference' });
    const { program, signature } = pipeline.predictionProgram(parameters, 1, { attention: true });
    const executable = await engine.compile(program, signature);
    const expected = await executable.run({
      images: { dtype: 'float32', shape: [1, 64, 64, 3], data: Float32Array.from(image.data) },
      [ATTENTION_SHARES]: { dtype: 'float32', shape: [1, 2, 2], data: Float32Array.of(0, 0, 0.5, 0.5) },
    });
    await engine.dispose();
    for (const { index, score, attention } of results[0].labels) {
      expect(score).toBeCloseTo(expected.probabilities.data[index], 4);
      if (attention === null) throw new Error('no attention');
      const values = attention.values.flat();
      expect([attention.rows, attention.columns, values.length]).toEqual([4, 4, 16]);
      expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
      values.forEach((value, cell) => {
        expect(value).toBeCloseTo(expected.attention.data[index * 16 + cell], 4);
      });
    }
  }, 60_000);

  it('gives each map a drawing by an unguessable URL, and refuses others', async () => {
    const { results } = await predict({
      checkpoint: checkpoint.id,
      images: [{ base64: picture.toString('base64') }],
      options: { attention: { labels: 2 } },
    });
    const [first, second, third] = results[0].labels;
    expect(third.attention).toBeNull();
    const url = first.attention?.url ?? '';
    expect(url).toMatch(/^\/predictions\/attention\/[\w-]{22}-\d+\.png$/);
    expect(url).not.toBe(second.attention?.url);
    const response = await fetch(`${app.url}${url}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png']);
    const metadata = await sharp(Buffer.from(await response.arrayBuffer())).metadata();
    expect([metadata.format, metadata.width, metadata.height]).toEqual(['png', 120, 80]);
    const guessed = await fetch(`${app.url}${url.replace(/attention\/.{4}/, 'attention/AAAA')}`);
    expect(guessed.status).toBe(404);
  });

  it('shows the attention of any layer and head, or their mean, to requests of one batch', async () => {
    const images = [{ base64: picture.toString('base64') }];
    const ask = async (attention: object) => {
      const { results } = await predict({ checkpoint: checkpoint.id, images, options: { attention } });
      return results[0];
    };
    const views = [
      {},
      { averageLayers: true },
      ...[0, 1].flatMap((layer) => [
        { layer, head: 0 },
        { layer, head: 1 },
      ]),
    ];
    const answers = await Promise.all(views.map(ask));
    const maps = answers.map(({ labels: [{ attention }] }) => attention?.values.flat() ?? []);
    const [usual, mean, ...single] = maps;
    usual.forEach((value, cell) => {
      expect(value).toBeCloseTo((single[2][cell] + single[3][cell]) / 2, 5);
      expect(mean[cell]).toBeCloseTo(single.reduce((sum, map) => sum + map[cell], 0) / 4, 5);
    });
    expect(new Set(maps.map(String)).size).toBe(6);
    expect(answers.map(({ labels: [{ attention }] }) => [attention?.layer, attention?.head])).toEqual([
      [null, null],
      [null, null],
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
    const refused = { code: 'INVALID_INPUT', message: expect.stringMatching(/layers 0 to 1.*heads 0 to 1/) };
    expect(await ask({ layer: 7, head: 2 })).toMatchObject(refused);
    const both = { checkpoint: checkpoint.id, images, options: { attention: { layer: 0, averageLayers: true } } };
    expect(await predict(both)).toMatchObject({ message: expect.stringContaining('expected one of the two') });
  }, 60_000);
});
