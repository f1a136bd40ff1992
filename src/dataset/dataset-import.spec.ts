import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type StartedApp, startApp } from '../../test/support/start-app.js';
import { temporaryFolder } from '../../test/support/temporary-folder.js';
import { ConflictError, InvalidInputError, NotFoundError } from '../common/errors/index.js';
import { DatabaseService } from '../database/index.js';
import { DatasetService } from './dataset.service.js';
import { type Dataset, Image, ImageLabel, ImageState } from './entities/index.js';
import { ImportPhase, type ImportProgress } from './import/import-progress.js';
import type { ImportRequest } from './import/import-request.js';
import { jpegOf, PICTURE_OPTIONS, writePictureFolder } from '../../test/support/picture-folder.js';

describe('importing a dataset', () => {
  let app: StartedApp;
  let service: DatasetService;
  let database: DatabaseService;
  let source: string;
  let first: Dataset;
  const progress: ImportProgress[] = [];
  const request: ImportRequest = {
    name: 'colours',
    importer: { name: 'jsonl', options: PICTURE_OPTIONS },
    folder: 'pictures',
  };

  beforeAll(async () => {
    source = (await temporaryFolder()).path;
    await writePictureFolder(source);
    app = await startApp({ Q2L_IMPORT_FOLDERS: `pictures=${source}` });
    service = app.application.get(DatasetService);
    database = app.application.get(DatabaseService);
    first = await service.import(request, (step) => progress.push(step));
  });
  afterAll(async () => {
    await app.stop();
    await rm(source, { recursive: true });
  });

  it('reports images, labels and what is wrong with files', () => {
    const { report } = first;
    expect(report).toMatchObject({ images: 6, labels: 4, meanLabelsPerImage: 7 / 6, warningCount: 0 });
    expect(report?.labelsPerImage).toEqual([
      { labels: 0, images: 1 },
      { labels: 1, images: 3 },
      { labels: 2, images: 2 },
    ]);
    expect(
      report?.splits.map(({ name, images, labelsWithoutPositives }) => [name, images, labelsWithoutPositives]),
    ).toEqual([
      ['train', 4, ['dark']],
      ['validation', 2, ['warm', 'dark', 'bright']],
    ]);
    expect(report?.missing).toMatchObject({ count: 1, examples: [{ path: 'photos/gone.jpg', split: 'train' }] });
    expect(report?.unreadable.examples.map(({ path }) => path)).toEqual([
      'photos/cut.jpg',
      'photos/link.jpg',
      '../outside.jpg',
      'photos/page.jpg',
    ]);
    expect(report?.unreadable.examples.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('photos/cut.jpg: the picture is cut or corrupt'),
      expect.stringContaining('leads out of the imported folder'),
      expect.stringContaining('leads out of the imported folder'),
      expect.stringContaining('received an HTML file'),
    ]);
    expect(report?.listedTwice).toMatchObject({ count: 1, examples: [{ path: 'photos/red.jpg' }] });
    expect(report?.sameContent).toMatchObject({ count: 1, examples: [{ path: 'photos/red-again.jpg' }] });
    expect(report?.overlap).toEqual([{ splits: ['train', 'validation'], count: 1, examples: ['photos/blue.jpg'] }]);
  });

  it('tells its progress with rate and time left', () => {
    expect(progress.map(({ phase }) => phase)).toEqual(expect.arrayContaining(['ANNOTATIONS', 'FILES', 'REPORT']));
    const files = progress.filter(({ phase }) => phase === ImportPhase.FILES).at(-1);
    expect(files).toMatchObject({ done: 11, total: 11, secondsLeft: 0 });
    expect(files?.perSecond).toBeGreaterThan(0);
  });

  it('unites the labels of a file that is listed twice and keeps unknown ones', async () => {
    const truthOf = async (path: string): Promise<string[]> => {
      const image = await database.read.findOneByOrFail(Image, { datasetId: first.id, split: 'train', path });
      const labels = await service.labels(first.id);
      const cells = await database.read.find(ImageLabel, {
        where: { imageId: image.id },
        order: { labelIndex: 'ASC' },
      });
      return cells.map(({ labelIndex, value }) => `${labels[labelIndex].name} ${value}`);
    };
    expect(await truthOf('photos/red.jpg')).toEqual(['warm 1', 'bright 1']);
    expect(await truthOf('photos/blue.jpg')).toEqual(['cold 1', 'dark -1']);
  });

  it('keeps the files by content and nothing else', async () => {
    const folders = await readdir(join(app.folder, 'data/images'));
    const files = await Promise.all(folders.map((folder) => readdir(join(app.folder, 'data/images', folder))));
    expect(files.flat().filter((name) => /^[0-9a-f]{64}$/.test(name))).toHaveLength(4);
    expect(files.flat()).toHaveLength(4);
  });

  it('done again gives the same dataset and doubles nothing', async () => {
    const before = await database.read.find(Image, { where: { datasetId: first.id }, order: { position: 'ASC' } });
    const again = await service.import(request);
    const after = await database.read.find(Image, { where: { datasetId: first.id }, order: { position: 'ASC' } });
    expect([again.id, again.contentHash, again.report]).toEqual([first.id, first.contentHash, first.report]);
    expect(after.map(({ id, sha256, listings }) => [id, sha256, listings])).toEqual(
      before.map(({ id, sha256, listings }) => [id, sha256, listings]),
    );
  });

  it('updates what has changed at its source', async () => {
    const { path } = await temporaryFolder();
    const folder = join(source, 'changing');
    await rm(path, { recursive: true });
    await writePictureFolder(folder);
    const changing = { ...request, name: 'changing', path: 'changing' };
    const before = await service.import(changing);
    await writeFile(join(folder, 'photos/gone.jpg'), await jpegOf('#123456'));
    const rows = ['{"image":"photos/gone.jpg","labels":["warm"],"unknown":[],"part":"train"}'];
    await writeFile(join(folder, 'rows.jsonl'), rows.join('\n'));
    const after = await service.import(changing);
    expect(after.id).toBe(before.id);
    expect(after.contentHash).not.toBe(before.contentHash);
    expect(after.report).toMatchObject({ images: 1, labels: 4, missing: { count: 0 }, unreadable: { count: 0 } });
    expect(await database.read.countBy(Image, { datasetId: after.id })).toBe(1);
  });

  it('completes an import that was interrupted', async () => {
    const resumed = { ...request, name: 'resumed' };
    const whole = await service.import(resumed);
    await database.write(async (manager) => {
      await manager.update(
        Image,
        { datasetId: whole.id, split: 'validation' },
        { state: ImageState.PENDING, sha256: null },
      );
      await manager.delete(Image, { datasetId: whole.id, path: 'photos/green.jpg' });
    });
    const completed = await service.import(resumed);
    expect([completed.id, completed.contentHash]).toEqual([whole.id, whole.contentHash]);
  });

  it.each([
    ['an unknown folder', { folder: 'picturs' }, NotFoundError, /import folder "picturs"/],
    ['a path that climbs', { path: '..' }, InvalidInputError, /leads out of the import folder/],
    ['an absolute path', { path: '/etc' }, InvalidInputError, /leads out of the import folder/],
    ['a path that is not there', { path: 'nowhere' }, InvalidInputError, /"nowhere" does not exist/],
    ['an unknown importer', { importer: { name: 'jsnl' } }, NotFoundError, /importer "jsnl"/],
    ['an option that is not valid', { importer: { name: 'jsonl', options: { fil: 'x' } } }, InvalidInputError, /fil/],
    [
      'an annotation file outside',
      { importer: { name: 'jsonl', options: { file: '../x' } } },
      InvalidInputError,
      /leads out/,
    ],
    [
      'an annotation file that is missing',
      { importer: { name: 'coco', options: { splits: [{ split: 'a', annotations: 'x.json' }] } } },
      InvalidInputError,
      /"x.json" does not exist/,
    ],
    [
      'annotations that are no JSON',
      { importer: { name: 'coco', options: { splits: [{ split: 'a', annotations: 'photos/red.jpg' }] } } },
      InvalidInputError,
      /coco: photos\/red.jpg: /,
    ],
    ['an empty name', { name: ' ' }, InvalidInputError, /1 to 200 characters/],
  ])('refuses %s', async (_case, changes, kind, message) => {
    const failure: unknown = await service
      .import({ ...request, name: 'refused', ...changes })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(kind);
    expect(failure).toHaveProperty('message', expect.stringMatching(message));
    await database.write((manager) => manager.delete('dataset', { name: 'refused' }));
  });

  it('refuses a name that another source has, and an import that is running', async () => {
    const other = { ...request, importer: { name: 'jsonl', options: { ...PICTURE_OPTIONS, split: 'test' } } };
    await expect(service.import(other)).rejects.toBeInstanceOf(ConflictError);
    const both = await Promise.allSettled([service.import(request), service.import(request)]);
    const refused = both.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : []));
    expect(refused).toEqual(['ConflictError: Dataset "colours" is being imported.']);
  });

  it('marks a dataset whose import failed, and imports it once mended', async () => {
    const broken = { ...request, name: 'broken', path: 'changing' };
    const file = join(source, 'changing/rows.jsonl');
    await writeFile(file, '{"image":"photos/red.jpg","labels":["warm"],"unknown":[],"part":"train"}\n{');
    await expect(service.import(broken)).rejects.toThrow(/rows.jsonl, line 2: not valid JSON/);
    const failed = await service.getByName('broken');
    expect(failed).toMatchObject({ status: 'FAILED', problem: expect.stringContaining('line 2') });
    await writeFile(file, '{"image":"photos/red.jpg","labels":["warm"],"unknown":[],"part":"train"}');
    await expect(service.import(broken)).resolves.toMatchObject({ id: failed.id, status: 'READY', problem: null });
  });
});
