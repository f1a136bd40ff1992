import { describe, expect, it } from '@jest/globals';
import { collect, folderOf } from '../testing/folder-source.js';
import { CocoReleaseImporter } from './coco-release.importer.js';

const instances = (image: string) =>
  JSON.stringify({
    images: [
      { id: 1, file_name: image },
      { id: 2, file_name: `empty-${image}` },
    ],
    annotations: [{ id: 1, image_id: 1, category_id: 3, iscrowd: 1 }],
    categories: [
      { id: 1, name: 'person' },
      { id: 3, name: 'car' },
    ],
  });

describe('mscoco importer', () => {
  it.each([2014, 2017] as const)('reads the layout of %i with crowds and images without objects', async (year) => {
    const source = await folderOf({
      [`coco/annotations/instances_train${year}.json`]: instances('a.jpg'),
      [`coco/annotations/instances_val${year}.json`]: instances('b.jpg'),
    });
    const options = { year, folder: 'coco', crowds: true, imagesWithoutLabels: true };
    const part = (name: string, split: string, file: string) => [
      { kind: 'image', path: `coco/${name}${year}/${file}`, split, labels: ['car'], externalId: '1' },
      { kind: 'image', path: `coco/${name}${year}/empty-${file}`, split, labels: [], externalId: '2' },
    ];
    expect(await collect(new CocoReleaseImporter().read(options, source))).toEqual([
      { kind: 'label', name: 'person', externalId: '1' },
      { kind: 'label', name: 'car', externalId: '3' },
      ...part('train', 'train', 'a.jpg'),
      ...part('val', 'validation', 'b.jpg'),
    ]);
    const strict = new CocoReleaseImporter().read({ ...options, crowds: false, imagesWithoutLabels: false }, source);
    expect((await collect(strict)).filter(({ kind }) => kind === 'image')).toEqual([]);
  });
});
