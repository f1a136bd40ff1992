import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AppWithPictures, PICTURE_IMPORT, startAppWithPictures } from '../../test/support/app-with-pictures.js';
import { make } from '../../test/support/make.js';
import { jpegOf } from '../../test/support/picture-folder.js';
import { DatabaseService } from '../database/index.js';
import { Image, ImageState, Upload } from './entities/index.js';
import { ExpiredUploads } from './store/expired-uploads.js';
import { ImageStore } from './store/image-store.js';
import { UnusedImages } from './store/unused-images.js';

const HOUR = 60 * 60 * 1000;
const later = (hours: number) => new Date(Date.now() + hours * HOUR);

describe('removing pictures', () => {
  let app: AppWithPictures;

  beforeAll(async () => {
    app = await startAppWithPictures({ Q2L_UPLOAD_HOURS: '24' });
  }, 60_000);

  afterAll(() => app.stop());

  const importAs = (name: string): Promise<string> => make(app.client, 'importDataset', { ...PICTURE_IMPORT, name });

  async function upload(picture: Buffer): Promise<{ url: string; sha256: string }> {
    const answer = await fetch(`${app.url}/images`, {
      method: 'POST',
      headers: { 'content-type': 'image/jpeg' },
      body: new Uint8Array(picture),
    });
    const { id, url } = (await answer.json()) as { id: string; url: string };
    const { sha256 } = await app.application.get(DatabaseService).read.findOneByOrFail(Upload, { id });
    return { url, sha256 };
  }

  const remove = async (id: string) =>
    (
      await app.client.data(
        `mutation ($id: ID!) { deleteDataset(id: $id) { __typename ... on DeletedDataset { id } ... on UserError { code message } } }`,
        { id },
      )
    ).deleteDataset;
  const fileOf = (sha256: string) => app.application.get(ImageStore).pathOf(sha256);
  const exists = (path: string) => stat(path).then(() => true, () => false); // prettier-ignore

  it('removes uploads that have expired, and the files that belong to nothing else', async () => {
    const dataset = await importAs('kept');
    const { read } = app.application.get(DatabaseService);
    const { path, sha256 } = await read.findOneByOrFail(Image, { datasetId: dataset, state: ImageState.READY });
    const shared = await upload(await readFile(join(app.pictures, path)));
    expect(shared.sha256).toBe(sha256);
    const alone = await upload(await jpegOf('#123456'));
    const expired = app.application.get(ExpiredUploads);
    expect(await expired.remove(later(23))).toBe(0);
    expect((await fetch(`${app.url}${alone.url}`)).status).toBe(200);
    expect(await expired.remove(later(25))).toBe(2);
    expect((await fetch(`${app.url}${alone.url}`)).status).toBe(404);
    expect([await exists(fileOf(alone.sha256)), await exists(fileOf(shared.sha256))]).toEqual([false, true]);
  });

  it('keeps a file that was taken in just now, and finds it when nothing refers to it an hour later', async () => {
    const { sha256 } = await upload(await jpegOf('#654321'));
    await app.application.get(DatabaseService).write((manager) => manager.delete(Upload, { sha256 }));
    const unused = app.application.get(UnusedImages);
    expect([await unused.sweep(), await exists(fileOf(sha256))]).toEqual([0, true]);
    expect([await unused.sweep(later(2)), await exists(fileOf(sha256))]).toEqual([1, false]);
    expect(await unused.sweep(later(2))).toBe(0);
  });

  it('puts a file back when it cannot be told whether it is used', async () => {
    const { sha256 } = await upload(await jpegOf('#314159'));
    let asked = 0;
    const failing = (): Promise<boolean> =>
      ++asked === 1 ? Promise.resolve(false) : Promise.reject(new Error('away'));
    const store = app.application.get(ImageStore);
    await expect(store.removeUnused(sha256, later(2), failing)).rejects.toThrow('away');
    expect(await exists(fileOf(sha256))).toBe(true);
  });

  it('deletes a dataset that no run refers to', async () => {
    const dataset = await importAs('short-lived');
    expect(await remove(dataset)).toEqual({ __typename: 'DeletedDataset', id: dataset });
    expect(await remove(dataset)).toMatchObject({ code: 'NOT_FOUND' });
    const { read } = app.application.get(DatabaseService);
    expect(await read.countBy(Image, { datasetId: dataset })).toBe(0);
    // The dataset "kept" has the same pictures.
    expect(await app.application.get(UnusedImages).sweep(later(2))).toBe(0);
  });

  it('keeps a dataset that runs were made with', async () => {
    const dataset = await importAs('trained-on');
    const definition = {
      backbone: { name: 'resnet', options: { depth: 18, width: 8 } },
      decoder: { name: 'linear' },
      loss: { name: 'binary-cross-entropy' },
      image: { size: 32 },
    };
    const pipelineId = await make(app.client, 'createPipeline', { name: 'small', definition });
    const recipe = { batchSize: 1, splits: { train: 'train', validation: 'train' } };
    await make(app.client, 'startTrainingRun', { pipelineId, datasetId: dataset, recipe });
    expect(await remove(dataset)).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('Training runs refer to dataset "trained-on"'),
    });
    expect(await app.application.get(DatabaseService).read.countBy(Image, { datasetId: dataset })).toBeGreaterThan(0);
  });
});
