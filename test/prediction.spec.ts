import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { CheckpointStore } from '../src/checkpoint/checkpoint-store.js';
import type { Checkpoint } from '../src/checkpoint/checkpoint.entity.js';
import { CheckpointService } from '../src/checkpoint/checkpoint.service.js';
import { PredictionPool } from '../src/prediction/serving/prediction-pool.js';
import { PICTURE_IMPORT, startAppWithPictures } from './support/app-with-pictures.js';
import { makeCheckpoint } from './support/make-checkpoint.js';
import { make } from './support/make.js';
import type { StartedApp } from './support/start-app.js';

const LABELS = ['warm', 'cold', 'bright'];
const PREDICT = `query ($input: PredictInput!) {
  predict(input: $input) {
    __typename
    ... on PredictionBatch {
      notice checkpoint { id }
      results {
        __typename
        ... on Prediction {
          index width height
          labels { label index score threshold decision attention { rows } }
          timings { decode queue compute }
        }
        ... on PredictionFailure { index code message }
      }
    }
    ... on UserError { code message help }
  }
}`;

interface Scored {
  readonly label: string;
  readonly index: number;
  readonly score: number;
  readonly threshold: number;
  readonly decision: boolean;
  readonly attention: { rows: number } | null;
}

interface Result {
  readonly __typename: string;
  readonly code?: string;
  readonly message?: string;
  readonly width: number;
  readonly height: number;
  readonly labels: readonly Scored[];
  readonly timings: { decode: number; queue: number; compute: number };
}

interface Answer {
  readonly predict: {
    readonly __typename: string;
    readonly code?: string;
    readonly message?: string;
    readonly help?: string;
    readonly notice: string | null;
    readonly checkpoint: { readonly id: string };
    readonly results: readonly Result[];
  };
}

describe('prediction, end to end', () => {
  let app: StartedApp;
  let dataset: string;
  let checkpoint: Checkpoint;
  let picture: Buffer;

  const predict = async (input: Readonly<Record<string, unknown>>) =>
    (await app.client.data<Answer>(PREDICT, { input })).predict;

  beforeAll(async () => {
    app = await startAppWithPictures({
      Q2L_THREADS: '1',
      Q2L_PREDICTION_MAXIMUM_BATCH: '4',
      Q2L_PREDICTION_MAXIMUM_QUEUED: '12',
      Q2L_PREDICTION_IMAGES_PER_REQUEST: '16',
    });
    checkpoint = await makeCheckpoint(app.application, LABELS);
    dataset = await make(app.client, 'importDataset', PICTURE_IMPORT);
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

  it('answers uploads, dataset images and base64 in one request, in order, with times', async () => {
    const upload = await fetch(`${app.url}/images`, {
      method: 'POST',
      headers: { 'content-type': 'image/jpeg' },
      body: new Uint8Array(picture),
    });
    const { id } = (await upload.json()) as { id: string };
    const { images } = await app.client.data<{ images: { nodes: { id: string; path: string }[] } }>(
      'query ($dataset: ID!) { images(dataset: $dataset, split: "train") { nodes { id path } } }',
      { dataset },
    );
    const answer = await predict({
      checkpoint: checkpoint.id,
      images: [{ imageId: id }, { imageId: images.nodes[0].id }, { base64: picture.toString('base64') }],
    });
    expect(answer.checkpoint.id).toBe(checkpoint.id);
    const sizes = answer.results.map(({ __typename, width, height }) => [__typename, width, height]);
    expect(sizes).toEqual([
      ['Prediction', 120, 80],
      ['Prediction', 32, 24],
      ['Prediction', 120, 80],
    ]);
    const [uploaded, , inline] = answer.results;
    uploaded.labels.forEach(({ label, score }) => {
      expect(inline.labels.find((other) => other.label === label)?.score).toBeCloseTo(score, 5);
    });
    expect(uploaded.labels.map(({ score }) => score)).toEqual(
      [...uploaded.labels.map(({ score }) => score)].sort((a, b) => b - a),
    );
    for (const { timings } of answer.results) {
      expect(timings.decode).toBeGreaterThan(0);
      expect(timings.compute).toBeGreaterThan(0);
      expect(timings.queue).toBeGreaterThanOrEqual(0);
    }
  }, 60_000);

  it('fails a bad image alone', async () => {
    const { results } = await predict({
      checkpoint: checkpoint.id,
      images: [
        { base64: picture.toString('base64') },
        { base64: picture.subarray(0, 300).toString('base64') },
        { imageId: '00000000-0000-7000-8000-000000000000' },
        { base64: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>').toString('base64') },
        { base64: picture.toString('base64') },
      ],
    });
    expect(results.map(({ __typename, code }) => code ?? __typename)).toEqual([
      'Prediction',
      'UNREADABLE_IMAGE',
      'NOT_FOUND',
      'UNREADABLE_IMAGE',
      'Prediction',
    ]);
    expect(results[1].message).toContain('image 1');
  });

  it('applies threshold, top and minimum score', async () => {
    const images = [{ base64: picture.toString('base64') }];
    const all = (await predict({ checkpoint: checkpoint.id, images, options: { threshold: 0 } })).results[0].labels;
    expect(all.map(({ decision, threshold }) => [decision, threshold])).toEqual(LABELS.map(() => [true, 0]));
    const one = (await predict({ checkpoint: checkpoint.id, images, options: { top: 1, threshold: 1 } })).results[0];
    expect(one.labels).toEqual([{ ...all[0], threshold: 1, decision: false }]);
    const minimumScore = all[1].score - 1e-4;
    const high = (await predict({ checkpoint: checkpoint.id, images, options: { minimumScore } })).results[0];
    expect(high.labels.map(({ label }) => label)).toEqual(all.slice(0, 2).map(({ label }) => label));
  }, 60_000);

  it('refuses what is out of range with the place of each fault', async () => {
    const images = [{ base64: picture.toString('base64') }];
    const options = { threshold: 2, top: 0 };
    const answer = await predict({ checkpoint: checkpoint.id, images, options });
    expect(answer).toMatchObject({ __typename: 'InvalidInput', message: expect.stringContaining('options.threshold') });
    expect(answer.message).toContain('options.top: received 0');
    expect(await predict({ checkpoint: checkpoint.id, images: [] })).toMatchObject({ __typename: 'InvalidInput' });
    const many = Array.from({ length: 17 }, () => images[0]);
    expect(await predict({ checkpoint: checkpoint.id, images: many })).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('refuses a request that would overfill the queue, and takes it when it is smaller', async () => {
    const image = { base64: picture.toString('base64') };
    const answer = await predict({ checkpoint: checkpoint.id, images: Array.from({ length: 16 }, () => image) });
    expect(answer).toMatchObject({ __typename: 'PredictionOverloaded', code: 'PREDICTION_OVERLOADED' });
    const smaller = await predict({ checkpoint: checkpoint.id, images: Array.from({ length: 12 }, () => image) });
    expect(smaller.results.map(({ __typename }) => __typename)).toEqual(Array.from({ length: 12 }, () => 'Prediction'));
  });

  it('resolves aliases, names the closest one, and keeps the old version when the new one does not load', async () => {
    const images = [{ base64: picture.toString('base64') }];
    const service = app.application.get(CheckpointService, { strict: false });
    await service.promote(checkpoint.id, 'production');
    expect((await predict({ checkpoint: 'production', images })).checkpoint.id).toBe(checkpoint.id);
    const unknown = await predict({ checkpoint: 'producton', images });
    expect(unknown).toMatchObject({ __typename: 'NotFound', help: expect.stringContaining('production') });

    const broken = await makeCheckpoint(app.application, LABELS, 2);
    const folder = app.application.get(CheckpointStore, { strict: false }).folder(broken.id);
    await writeFile(join(folder, 'parameters.safetensors'), 'not a tensor');
    await service.promote(broken.id, 'production');
    const answer = await predict({ checkpoint: 'production', images });
    expect(answer.checkpoint.id).toBe(checkpoint.id);
    expect(answer.notice).toContain(broken.id);

    const next = await makeCheckpoint(app.application, LABELS, 3);
    await service.promote(next.id, 'production');
    expect(await predict({ checkpoint: 'production', images })).toMatchObject({
      checkpoint: { id: next.id },
      notice: null,
    });
  }, 60_000);

  it('answers although the worker is killed in the middle of a request', async () => {
    const pool = app.application.get(PredictionPool);
    const before = pool.pids;
    // Stopped, the worker holds the request for certain when it is killed.
    for (const pid of before) process.kill(pid, 'SIGSTOP');
    const image = { base64: picture.toString('base64') };
    const answer = predict({ checkpoint: checkpoint.id, images: Array.from({ length: 12 }, () => image) });
    await pause(300);
    for (const pid of before) process.kill(pid, 'SIGKILL');
    const { results } = await answer;
    expect(results.map(({ __typename }) => __typename)).toEqual(Array.from({ length: 12 }, () => 'Prediction'));
    expect(pool.pids).not.toEqual(before);
  }, 60_000);

  it('sets thresholds by name and by greatest F1, and predicts with them', async () => {
    const mutation = `mutation ($input: SetThresholdsInput!) { setThresholds(input: $input) { __typename
      ... on CheckpointThresholds { labels { label threshold previous f1 } }
      ... on UserError { code message } } }`;
    const set = async (input: Readonly<Record<string, unknown>>) =>
      (await app.client.data(mutation, { input: { checkpoint: checkpoint.id, ...input } })).setThresholds;
    expect(await set({ thresholds: [{ label: 'wram', threshold: 0.5 }] })).toMatchObject({
      __typename: 'InvalidInput',
      message: expect.stringContaining('Did you mean warm?'),
    });
    expect(await set({})).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await set({ thresholds: [{ label: 'warm', threshold: 0.9 }] })).toMatchObject({
      labels: [
        { label: 'warm', threshold: 0.9, previous: 0.5, f1: null },
        { label: 'cold', threshold: 0.5, previous: 0.5, f1: null },
        { label: 'bright', threshold: 0.5, previous: 0.5, f1: null },
      ],
    });
    const { results } = await predict({ checkpoint: checkpoint.id, images: [{ base64: picture.toString('base64') }] });
    expect(results[0].labels.find(({ label }) => label === 'warm')?.threshold).toBe(0.9);
    expect(await set({ maximiseF1: { dataset, split: 'train' } })).toMatchObject({ code: 'UNREADABLE_IMAGE' });
    const best = await set({ maximiseF1: { dataset, split: 'train', onUnreadable: 'SKIP' } });
    expect(best).toEqual({
      __typename: 'CheckpointThresholds',
      labels: LABELS.map((label) => ({
        label,
        threshold: expect.any(Number),
        previous: label === 'warm' ? 0.9 : 0.5,
        f1: expect.any(Number),
      })),
    });
    expect(await set({ reachRecall: { value: 2, dataset } })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await set({ maximiseF1: { dataset }, reachRecall: { value: 1, dataset } })).toMatchObject({
      message: expect.stringContaining('received maximiseF1 and reachRecall'),
    });
    const { results: after } = await predict({
      checkpoint: checkpoint.id,
      images: [{ base64: picture.toString('base64') }],
    });
    const { labels } = best as { labels: { label: string; threshold: number }[] };
    for (const { label, threshold } of labels) {
      expect(after[0].labels.find((found) => found.label === label)?.threshold).toBe(threshold);
    }
    const on = { dataset, split: 'train', onUnreadable: 'SKIP' };
    const figures = `mutation ($input: SetThresholdsInput!) { setThresholds(input: $input) {
      ... on CheckpointThresholds { labels { precision recall } } } }`;
    const reached = await app.client.data<{ setThresholds: { labels: { precision: number; recall: number }[] } }>(
      figures,
      { input: { checkpoint: checkpoint.id, reachRecall: { ...on, value: 1 } } },
    );
    for (const { recall } of reached.setThresholds.labels) expect(recall).toBe(1);
  }, 60_000);
});
