import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Checkpoint } from '../src/checkpoint/checkpoint.entity.js';
import { PredictionPool } from '../src/prediction/serving/prediction-pool.js';
import { PICTURE_IMPORT, startAppWithPictures } from './support/app-with-pictures.js';
import { makeCheckpoint } from './support/make-checkpoint.js';
import { make } from './support/make.js';
import type { StartedApp } from './support/start-app.js';

describe('evaluation, end to end', () => {
  let app: StartedApp;
  let dataset: string;
  let checkpoint: Checkpoint;

  beforeAll(async () => {
    app = await startAppWithPictures({ Q2L_THREADS: '1' });
    checkpoint = await makeCheckpoint(app.application, ['warm', 'cold', 'bright']);
    dataset = await make(app.client, 'importDataset', PICTURE_IMPORT);
  }, 120_000);

  afterAll(() => app.stop());

  it('evaluates a split with progress, counts included, and refuses an unreadable file by name', async () => {
    const query = `query ($input: EvaluateInput!) { evaluate(input: $input) { __typename
      ... on Evaluation { images skipped metrics { name value } labels { label metrics { metric value } truePositives falsePositives falseNegatives trueNegatives unknown } }
      ... on UserError { code message } } }`;
    const seen: unknown[] = [];
    const follow = (async () => {
      const subscription = `subscription ($checkpoint: String!, $dataset: String!) { evaluationProgress(checkpoint: $checkpoint, dataset: $dataset, split: "train") { done total finished } }`;
      const events = app.client.subscribe(subscription, { checkpoint: checkpoint.id, dataset });
      for await (const { data } of events) seen.push(data?.evaluationProgress);
    })();
    await pause(500);
    const input = { checkpoint: checkpoint.id, dataset, split: 'train' };
    expect(await app.client.data(query, { input })).toMatchObject({ evaluate: { code: 'UNREADABLE_IMAGE' } });
    await follow;
    expect(seen.at(-1)).toMatchObject({ finished: true });

    const answer = await app.client.data<{
      evaluate: { images: number; skipped: string[]; labels: Record<string, number>[]; metrics: unknown[] };
    }>(query, { input: { ...input, onUnreadable: 'SKIP' } });
    const { images, skipped, labels, metrics } = answer.evaluate;
    expect(images).toBe(4);
    expect(skipped.length).toBeGreaterThan(0);
    expect(metrics).toEqual([{ name: 'voc-all-point', value: expect.any(Number) }]);
    const detailed = `query ($input: EvaluateInput!) { evaluate(input: $input) { __typename
      ... on Evaluation { labelsWithoutPositives decisions { CP CR CF1 OP OR OF1 } metrics { name value figures }
        labels { label support truePositives falseNegatives curve { threshold precision recall } } }
      ... on UserError { code message } } }`;
    const asked = ['voc-all-point', 'asl', 'voc07-11-point', 'sklearn', 'expected-calibration-error', 'top3-f1'];
    const wanted = asked.map((name) => ({ name, options: name === 'asl' ? { bootstrapSamples: 20 } : {} }));
    const all = { ...input, onUnreadable: 'SKIP', curvePoints: 10, metrics: wanted };
    const { evaluate } = await app.client.data<{
      evaluate: {
        metrics: { name: string; value: number; figures: Record<string, number> }[];
        labels: { support: number; truePositives: number; falseNegatives: number; curve: { recall: number }[] }[];
      };
    }>(detailed, { input: all });
    expect(evaluate).toMatchObject({ labelsWithoutPositives: [], decisions: { OF1: expect.any(Number) } });
    expect(evaluate.metrics.map(({ name }) => name)).toEqual(asked);
    const { value, figures } = evaluate.metrics[1];
    expect(figures.low).toBeLessThanOrEqual(value);
    expect(figures.high).toBeGreaterThanOrEqual(value);
    for (const { support, truePositives, falseNegatives, curve } of evaluate.labels) {
      expect(support).toBe(truePositives + falseNegatives);
      expect(curve.at(-1)?.recall).toBe(1);
    }
    expect(await app.client.data(detailed, { input: { ...all, curvePoints: 1 } })).toMatchObject({
      evaluate: { code: 'INVALID_INPUT', message: expect.stringContaining('received 1; expected 2 to 1000') },
    });
    for (const counts of labels) {
      const { truePositives, falsePositives, falseNegatives, trueNegatives, unknown } = counts;
      expect(truePositives + falsePositives + falseNegatives + trueNegatives + unknown).toBe(images);
    }
  }, 60_000);

  it('gives an evaluation up when its client leaves', async () => {
    const follow = async (): Promise<unknown> => {
      const subscription = `subscription ($checkpoint: String!, $dataset: String!) { evaluationProgress(checkpoint: $checkpoint, dataset: $dataset, split: "train") { done finished } }`;
      let last: unknown;
      const events = app.client.subscribe(subscription, { checkpoint: checkpoint.id, dataset });
      for await (const { data } of events) last = data?.evaluationProgress;
      return last;
    };
    const [worker] = app.application.get(PredictionPool).pids;
    const ended = follow();
    const leaving = new AbortController();
    process.kill(worker, 'SIGSTOP');
    try {
      const query = `query ($input: EvaluateInput!) { evaluate(input: $input) { __typename } }`;
      const input = { checkpoint: checkpoint.id, dataset, split: 'train', onUnreadable: 'SKIP' };
      const asked = fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables: { input } }),
        signal: leaving.signal,
      });
      await pause(500);
      leaving.abort();
      await expect(asked).rejects.toThrow(/abort/);
      // The worker stands still: it cannot have been the one that ended the evaluation.
      expect(await ended).toEqual({ done: 0, finished: true });
    } finally {
      process.kill(worker, 'SIGCONT');
    }
  }, 30_000);
});
