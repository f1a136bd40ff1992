import { describe, expect, it } from '@jest/globals';
import { componentMetadataOf } from '@query2label/sdk';
import { collect, folderOf } from '../testing/folder-source.js';
import { VisualGenomeImporter } from './visual-genome.importer.js';

const FILES = {
  'train_list_500.txt': '2335991.jpg\n2335992.jpg\n',
  'test_list_500.txt': '1.jpg\n',
  'vg_category_500_labels_index.json': JSON.stringify({ '1.jpg': [], '2335991.jpg': [2, 0], '2335992.jpg': [499] }),
  'VG_100K/2335991.jpg': '',
  'VG_100K_2/2335992.jpg': '',
};

async function read(changes: Readonly<Record<string, string>> = {}, options: object = {}) {
  const importer = new VisualGenomeImporter();
  const parsed = componentMetadataOf(VisualGenomeImporter)?.options.parse(options);
  const source = await folderOf({ ...FILES, ...changes });
  return collect(importer.read(parsed as Parameters<typeof importer.read>[0], source));
}

describe('visual-genome-500 importer', () => {
  it('joins lists and label numbers, and finds the images in either folder', async () => {
    const [warning, ...records] = await read();
    expect(warning).toEqual({ kind: 'warning', message: expect.stringMatching(/named by their numbers/) });
    expect(records.slice(0, 500).map((record) => record.kind === 'label' && record.name)).toEqual(
      Array.from({ length: 500 }, (_, index) => String(index)),
    );
    expect(records.slice(500)).toEqual([
      { kind: 'image', path: 'VG_100K/2335991.jpg', split: 'train', labels: ['2', '0'] },
      { kind: 'image', path: 'VG_100K_2/2335992.jpg', split: 'train', labels: ['499'] },
      { kind: 'image', path: 'VG_100K/1.jpg', split: 'test', labels: [] },
    ]);
  });

  it('names labels by a file', async () => {
    const names = { 'names.txt': 'window\nfire hydrant\ntree\n', 'train_list_500.txt': '2335991.jpg\n' };
    expect((await read(names, { names: 'names.txt' })).slice(0, 4)).toEqual([
      { kind: 'label', name: 'window', externalId: '0' },
      { kind: 'label', name: 'fire hydrant', externalId: '1' },
      { kind: 'label', name: 'tree', externalId: '2' },
      { kind: 'image', path: 'VG_100K/2335991.jpg', split: 'train', labels: ['tree', 'window'] },
    ]);
  });

  const index = 'vg_category_500_labels_index.json';
  it.each([
    [
      'an image without labels',
      { 'test_list_500.txt': '1.jpg\n7.jpg\n' },
      /test_list_500.txt, line 2: .* has no "7.jpg"/,
    ],
    ['a number that is too large', { [index]: '{"2335991.jpg":[500]}' }, /"2335991.jpg" has the label 500; .*0 to 499/],
    ['a number that is not whole', { [index]: '{"2335991.jpg":[0.5]}' }, /has the label 0.5/],
    [
      'a text among the numbers',
      { [index]: '{"2335991.jpg":["a"]}' },
      /"2335991.jpg": received string; expected a list/,
    ],
    ['a name that is listed twice', { [index]: '{"a":[1],"a":[2]}' }, /"a" is listed twice/],
    ['a list at the top', { [index]: '[1]' }, /at its top: received Array/],
    ['JSON that ends early', { [index]: '{"2335991.jpg":[1' }, /not valid JSON near byte 17/],
    ['nested values', { [index]: '{"2335991.jpg":{"a":[1]}}' }, /"2335991.jpg": received Object/],
  ])('refuses %s', async (_case, changes, message) => {
    await expect(read(changes)).rejects.toThrow(message);
  });

  it('refuses a label that is named twice', async () => {
    await expect(read({ 'names.txt': 'a\nb\na\n' }, { names: 'names.txt' })).rejects.toThrow(
      /names.txt, line 3: "a" is the label of line 1 too/,
    );
  });
});
