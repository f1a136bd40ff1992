import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readSafetensors } from '../../src/common/safetensors/index.js';
import { tryFault } from './support/fault-record.js';
import { PlatformUnderTest } from './support/platform-under-test.js';

const RECIPE = {
  ...{
    epochs: 3,
    batchSize: 4,
    learningRate: 1e-2,
    averageDecay: 0.9,
    earlyStopping: null,
    seed: 3,
    augmentations: [],
  },
  ...{ checkpointEverySteps: 2, keepLast: 1 },
};
const EPOCH = 6;

describe('training that goes wrong', () => {
  let platform: PlatformUnderTest;

  beforeAll(async () => {
    platform = await PlatformUnderTest.start('SQLite');
  });

  afterAll(() => platform.remove());

  describe('a picture that cannot be read', () => {
    const name = 'train/green/3.png';
    let stored: string;
    let bytes: Buffer;

    beforeAll(async () => {
      const sha256 = createHash('sha256')
        .update(await readFile(join(platform.pictures, name)))
        .digest('hex');
      stored = join(platform.data, 'images', sha256.slice(0, 2), sha256);
      bytes = await readFile(stored);
      await writeFile(stored, bytes.subarray(0, bytes.length / 2));
    });

    afterAll(() => writeFile(stored, bytes));

    it('fails the run with its name', async () => {
      await tryFault('picture damaged, run told to fail', 'SQLite', async () => {
        const { status, problem } = await platform.untilOver(await platform.train(RECIPE));
        expect(status).toBe('FAILED');
        expect(problem).toContain(name);
      });
    });

    it('is named, counted and skipped where the recipe allows it', async () => {
      await tryFault('picture damaged, run told to skip', 'SQLite', async () => {
        const id = await platform.train({ ...RECIPE, onUnreadable: 'skip' });
        expect(await platform.untilOver(id)).toMatchObject({ status: 'SUCCEEDED', problem: null });
        expect((await platform.newestManifest(id)).training).toMatchObject({ skippedImages: RECIPE.epochs });
        const lines: string[] = [];
        const query = 'subscription($id: ID!) { trainingRunLog(id: $id) { level message } }';
        for await (const { data } of platform.running.client.subscribe<{
          trainingRunLog: { level: string; message: string };
        }>(query, { id })) {
          // prettier-ignore
          if (data?.trainingRunLog.level === 'warn') lines.push(data.trainingRunLog.message);
        }
        expect(lines).toHaveLength(RECIPE.epochs);
        for (const line of lines) expect(line).toMatch(new RegExp(`^skipped ${name}: `));
        const counts = (await platform.metrics(id)).filter((metric) => metric.name === 'skipped-images');
        expect(counts.map(({ value }) => value)).toEqual([1, 2, 3]);
      });
    });
  });

  it.each([
    ['between two epochs', EPOCH - 1],
    ['right before a checkpoint', EPOCH + 3],
    ['between two checkpoints', EPOCH + 2],
  ])('stops on values that are not numbers, %s, and keeps the last good checkpoint', async (when, step) => {
    await tryFault(`parameters become NaN ${when}`, 'SQLite', async () => {
      const id = await platform.train({ ...RECIPE, schedule: { name: 'exploding', options: { step } } });
      const run = await platform.untilOver(id);
      expect(run.status).toBe('FAILED');
      expect(run.problem).toMatch(/not numbers|gave a loss of (NaN|Infinity)/);
      expect(run.problem).toMatch(
        /training stopped\. Lower the learning rate.*The last checkpoint holds the state before\.$/,
      );
      const manifest = await platform.newestManifest(id);
      const { step: kept } = manifest.training as { step: number };
      expect(kept).toBeLessThanOrEqual(step);
      expect(kept).toBeGreaterThanOrEqual(step - 2);
      for (const name of ['parameters', 'averages', 'optimizer']) {
        const file = join(platform.data, 'checkpoints', String(manifest.id), `${name}.safetensors`);
        const { tensors } = await readSafetensors(file);
        expect(Object.keys(tensors).length).toBeGreaterThan(0);
        for (const { data } of Object.values(tensors)) expect(data.every(Number.isFinite)).toBe(true);
      }
    });
  });
});
