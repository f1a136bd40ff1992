import { monitorEventLoopDelay } from 'node:perf_hooks';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type StartedApp, startApp } from '../../test/support/start-app.js';
import { SplitReader } from './batch/split-reader.js';
import { DatasetService } from './dataset.service.js';

const shared = process.env.Q2L_SHARED;

(shared === undefined ? describe.skip : describe)('coco-mini (Q2L_SHARED)', () => {
  let app: StartedApp;
  const splits = ['train', 'val'].map((split) => ({
    split,
    annotations: `annotations/instances_${split}.json`,
    images: `images/${split}`,
  }));

  beforeAll(async () => {
    app = await startApp({ Q2L_IMPORT_FOLDERS: `coco-mini=${join(shared ?? '', 'data/coco-mini')}` });
  });
  afterAll(() => app.stop());

  it('imports 2,100 photos with the counts of its README, and the event loop goes on', async () => {
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    const request = { name: 'coco-mini', importer: { name: 'coco', options: { splits } }, folder: 'coco-mini' };
    const { id, report } = await app.application.get(DatasetService).import(request);
    delay.disable();
    expect(report).toMatchObject({
      images: 2100,
      labels: 80,
      missing: { count: 0 },
      unreadable: { count: 0 },
      overlap: [],
    });
    expect(report?.meanLabelsPerImage).toBeCloseTo(3.72, 2);
    expect(report?.labelsPerImage.map(({ images }) => images)).toEqual([
      104, 589, 482, 360, 210, 137, 92, 62, 29, 18, 10, 3, 3, 1,
    ]);
    expect(report?.splits.map(({ images, labelsWithoutPositives }) => [images, labelsWithoutPositives])).toEqual([
      [1600, []],
      [500, []],
    ]);
    expect(delay.percentile(99) / 1e6).toBeLessThan(250);

    const split = await app.application.get(SplitReader).open(id, 'val');
    const positives = split.labels.map((_, label) =>
      Array.from({ length: split.count }, (_image, row) => split.targets[row * 80 + label]).filter(
        (value) => value === 1,
      ),
    );
    expect([split.labels[0], positives[0].length]).toEqual(['person', 439]);
    expect([split.labels[79], positives[79].length]).toEqual(['toothbrush', 7]);
  }, 120_000);
});
