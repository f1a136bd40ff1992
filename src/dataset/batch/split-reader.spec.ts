import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type StartedApp, startApp } from '../../../test/support/start-app.js';
import { temporaryFolder } from '../../../test/support/temporary-folder.js';
import { ConflictError, NotFoundError, UnreadableImageError } from '../../common/errors/index.js';
import { DatabaseService } from '../../database/index.js';
import { DatasetService } from '../dataset.service.js';
import { Dataset, DatasetStatus } from '../entities/index.js';
import { ImageService } from '../image.service.js';
import { ImageStore } from '../store/image-store.js';
import { PICTURE_OPTIONS, writePictureFolder } from '../../../test/support/picture-folder.js';
import { BatchLoader } from './batch-loader.js';
import type { ImageBatch } from './image-batch.js';
import { SplitReader } from './split-reader.js';

describe('SplitReader', () => {
  let app: StartedApp;
  let source: string;
  let dataset: Dataset;
  let reader: SplitReader;
  const imageSize = { height: 8, width: 8 };

  beforeAll(async () => {
    source = (await temporaryFolder()).path;
    await writePictureFolder(source);
    app = await startApp({ Q2L_IMPORT_FOLDERS: `pictures=${source}` });
    const importer = { name: 'jsonl', options: PICTURE_OPTIONS };
    dataset = await app.application.get(DatasetService).import({ name: 'colours', importer, folder: 'pictures' });
    reader = app.application.get(SplitReader);
  });
  afterAll(async () => {
    await app.stop();
    await rm(source, { recursive: true });
  });

  it('loads ids, names and truth in the order of the annotations', async () => {
    const split = await reader.open(dataset.id, 'train');
    expect(split.labels).toEqual(['warm', 'cold', 'dark', 'bright']);
    expect(split.names).toEqual([
      'photos/red.jpg',
      'photos/blue.jpg',
      'photos/green.jpg',
      'photos/red-again.jpg',
      'photos/cut.jpg',
      'photos/gone.jpg',
      'photos/link.jpg',
      '../outside.jpg',
    ]);
    expect(split.count).toBe(8);
    expect([...split.targets.subarray(0, 16)]).toEqual([1, 0, 0, 1, 0, 1, -1, 0, 0, 1, 0, 1, 1, 0, 0, 0]);
  });

  it('reads pictures at the size asked for', async () => {
    const split = await reader.open(dataset.id, 'train');
    const image = await split.read(1, { height: 5, width: 7 });
    expect([image.height, image.width, image.data.length]).toEqual([5, 7, 105]);
    expect(image.data[2]).toBeGreaterThan(250);
    expect(image.data[0]).toBeLessThan(5);
  });

  it('knows what cannot be read, and says so when it is read', async () => {
    const split = await reader.open(dataset.id, 'train');
    expect(split.problems.map(({ index, name }) => [index, name])).toEqual([
      [4, 'photos/cut.jpg'],
      [5, 'photos/gone.jpg'],
      [6, 'photos/link.jpg'],
      [7, '../outside.jpg'],
    ]);
    await expect(split.read(5, imageSize)).rejects.toThrow('photos/gone.jpg: there is no such file.');
    await expect(split.read(4, imageSize)).rejects.toBeInstanceOf(UnreadableImageError);
  });

  it('fails or skips by name when a stored file is lost', async () => {
    const split = await reader.open(dataset.id, 'validation');
    const { sha256 } = await app.application.get(ImageService).find(split.imageIds[1]);
    await rm(app.application.get(ImageStore).pathOf(sha256));
    const collect = async (onUnreadable: 'fail' | 'skip'): Promise<ImageBatch[]> => {
      const batches: ImageBatch[] = [];
      const order = Uint32Array.of(0, 1);
      const request = { split, order, batchSize: 2, imageSize, onUnreadable };
      for await (const batch of app.application.get(BatchLoader).batches(request)) batches.push(batch);
      return batches;
    };
    await expect(collect('fail')).rejects.toThrow('photos/white.jpg: there is no such file.');
    const [batch] = await collect('skip');
    expect(batch.skipped.map(({ name, slot }) => [name, slot])).toEqual([['photos/white.jpg', 1]]);
    expect([...batch.targets]).toEqual([0, 1, 0, 0, -1, -1, -1, -1]);
  });

  it('names the splits there are', async () => {
    const failure: unknown = await reader.open(dataset.id, 'test').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NotFoundError);
    expect(failure).toHaveProperty('help', expect.stringMatching(/train.*validation/));
    await expect(reader.open('00000000-0000-7000-8000-000000000000', 'train')).rejects.toBeInstanceOf(NotFoundError);
  });

  it('refuses a dataset that is being imported', async () => {
    const setStatus = (status: DatasetStatus): Promise<unknown> =>
      app.application.get(DatabaseService).write((manager) => manager.update(Dataset, dataset.id, { status }));
    await setStatus(DatasetStatus.IMPORTING);
    await expect(reader.open(dataset.id, 'train')).rejects.toBeInstanceOf(ConflictError);
    await setStatus(DatasetStatus.READY);
  });
});
