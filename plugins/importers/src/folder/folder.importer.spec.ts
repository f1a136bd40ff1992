import { describe, expect, it } from '@jest/globals';
import { componentMetadataOf, type ImportRecord } from '@query2label/sdk';
import { collect, folderOf } from '../testing/folder-source.js';
import { FolderImporter } from './folder.importer.js';

async function read(paths: readonly string[], changes: object = {}): Promise<ImportRecord[]> {
  const options = componentMetadataOf(FolderImporter)?.options.parse(changes);
  const source = await folderOf(Object.fromEntries(paths.map((path) => [path, 'x'])));
  return collect(new FolderImporter().read(options as Parameters<FolderImporter['read']>[0], source));
}

const paths = [
  'train/dog/2.jpg',
  'train/dog/1.PNG',
  'train/cat/1.webp',
  'val/bird/1.jpeg',
  'val/bird/notes.txt',
  'readme.txt',
];

describe('folder importer', () => {
  it('takes folders as splits, their folders as labels in alphabetical order', async () => {
    expect(await read(paths)).toEqual([
      ...['bird', 'cat', 'dog'].map((name) => ({ kind: 'label', name })),
      { kind: 'image', path: 'train/cat/1.webp', split: 'train', labels: ['cat'] },
      { kind: 'image', path: 'train/dog/1.PNG', split: 'train', labels: ['dog'] },
      { kind: 'image', path: 'train/dog/2.jpg', split: 'train', labels: ['dog'] },
      { kind: 'image', path: 'val/bird/1.jpeg', split: 'val', labels: ['bird'] },
      { kind: 'warning', message: 'val/bird/notes.txt: left out; expected a file ending in .jpg, .jpeg, .png, .webp' },
    ]);
  });

  it('keeps to the splits and the folder named', async () => {
    const nested = paths.map((path) => `data/${path}`);
    const records = await read(nested, { folder: 'data', splits: ['val'] });
    expect(records[1]).toEqual({ kind: 'image', path: 'data/val/bird/1.jpeg', split: 'val', labels: ['bird'] });
    expect(records).toHaveLength(3);
  });

  it('refuses a folder without labels', async () => {
    await expect(read(['train/1.jpg'])).rejects.toThrow(
      'train: no folder of a label; expected <split>/<label>/<image>.',
    );
  });
});
