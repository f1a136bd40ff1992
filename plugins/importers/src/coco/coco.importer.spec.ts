import { describe, expect, it } from '@jest/globals';
import type { ImportRecord, ImportSource } from '@query2label/sdk';
import { collect, folderOf } from '../testing/folder-source.js';
import { CocoImporter } from './coco.importer.js';

const categories = [
  { id: 1, name: 'person' },
  { id: 90, name: 'toothbrush' },
];
const small = {
  info: { description: 'nested { "images": [] }', contributors: [{ name: 'x' }] },
  images: [
    { id: 7, file_name: 'a.jpg', license: 3, coco_url: 'http://example.org/a.jpg' },
    { file_name: 'sub/b.jpg', id: 8 },
    { id: 9, file_name: 'c.jpg' },
  ],
  annotations: [
    { id: 1, image_id: 7, category_id: 90, segmentation: [[1, 2, 3]], iscrowd: 0, bbox: [0, 0, 1, 1] },
    { id: 2, image_id: 7, category_id: 1, iscrowd: 0 },
    { id: 3, image_id: 7, category_id: 90, iscrowd: 0 },
    { id: 4, image_id: 8, category_id: 1, segmentation: { size: [2, 2], counts: [4], id: 5 }, iscrowd: 1 },
  ],
  categories,
};
const split = { split: 'train', annotations: 'train.json', images: 'photos' };
const defaults = { splits: [split], crowds: true, imagesWithoutLabels: true };

async function read(content: object | string, changes: object = {}): Promise<ImportRecord[]> {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return collect(new CocoImporter().read({ ...defaults, ...changes }, await folderOf({ 'train.json': text })));
}

describe('coco importer', () => {
  it('gives labels in the order of the file, then images with the categories of their annotations', async () => {
    expect(await read(small)).toEqual([
      { kind: 'label', name: 'person', externalId: '1' },
      { kind: 'label', name: 'toothbrush', externalId: '90' },
      { kind: 'image', path: 'photos/a.jpg', split: 'train', labels: ['toothbrush', 'person'], externalId: '7' },
      { kind: 'image', path: 'photos/sub/b.jpg', split: 'train', labels: ['person'], externalId: '8' },
      { kind: 'image', path: 'photos/c.jpg', split: 'train', labels: [], externalId: '9' },
    ]);
  });

  it('reads the lists in any order', async () => {
    const { images, annotations } = small;
    expect(await read({ categories, annotations, images })).toEqual(await read(small));
  });

  it('leaves out crowds and images without labels if told so', async () => {
    const records = await read(small, { crowds: false, imagesWithoutLabels: false });
    expect(records.flatMap((record) => (record.kind === 'image' ? [record.externalId] : []))).toEqual(['7']);
  });

  it('unites the labels of several files and refuses contradicting ones', async () => {
    const other = {
      ...small,
      categories: [
        { id: 1, name: 'person' },
        { id: 2, name: 'car' },
      ],
      annotations: [],
    };
    const clash = { ...other, categories: [{ id: 90, name: 'comb' }] };
    const source = await folderOf({
      'train.json': JSON.stringify(small),
      'other.json': JSON.stringify(other),
      'clash.json': JSON.stringify(clash),
    });
    const importOf = (annotations: string): Promise<ImportRecord[]> =>
      collect(
        new CocoImporter().read({ ...defaults, splits: [split, { split: 'val', annotations, images: '' }] }, source),
      );
    const labels = (await importOf('other.json')).flatMap((record) => (record.kind === 'label' ? [record.name] : []));
    expect(labels).toEqual(['person', 'toothbrush', 'car']);
    await expect(importOf('clash.json')).rejects.toThrow('clash.json: category 90 is "comb" here and "toothbrush"');
  });

  it.each([
    ['a cut file', JSON.stringify(small).slice(0, 200), /^train.json: not valid JSON near byte 200/],
    ['no JSON', 'images,labels', /^train.json: not valid JSON/],
    ['no images', { images: [], categories }, /no "images" list/],
    ['no categories', { images: small.images }, /no "categories" list/],
    ['an image without a name', { images: [{ id: 1 }], categories }, /images\[0\]: "file_name" is missing/],
    [
      'an image id twice',
      { ...small, images: [...small.images, { id: 7, file_name: 'd.jpg' }] },
      /images\[3\].*id 7 is taken/,
    ],
    [
      'an unknown category',
      { ...small, annotations: [{ image_id: 7, category_id: 5 }] },
      /category_id 5; expected one of 2 ids/,
    ],
  ])('refuses %s', async (_case, content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });

  it('warns of annotations whose image is not listed', async () => {
    const records = await read({ ...small, annotations: [{ image_id: 404, category_id: 1 }] });
    expect(records).toContainEqual({
      kind: 'warning',
      message: 'train.json: annotations of 1 images that the file does not list',
    });
  });

  it('holds one entry per image, not the file: 50 MB of outlines in less than 40 MB', async () => {
    const source: ImportSource = { ...(await folderOf({})), openText: () => longFile(15_000) };
    const before = process.memoryUsage().heapUsed;
    let most = 0;
    let images = 0;
    for await (const record of new CocoImporter().read(defaults, source)) {
      if (record.kind === 'image' && images++ % 500 === 0)
        most = Math.max(most, process.memoryUsage().heapUsed - before);
    }
    expect(images).toBe(2000);
    expect(most).toBeLessThan(40 * 2 ** 20);
  });
});

/** A COCO file of 2,000 images with many annotations of 3 kB each, made while it is read. */
async function* longFile(annotations: number): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const images = Array.from({ length: 2000 }, (_, id) => ({ id, file_name: `${id}.jpg` }));
  yield encoder.encode(`{"images":${JSON.stringify(images)},"annotations":[`);
  const outline = Array.from({ length: 500 }, (_, index) => 100 + index / 4).join();
  for (let id = 0; id < annotations; id++) {
    const entry = `{"image_id":${id % 2000},"segmentation":[[${outline}]],"category_id":1}`;
    yield encoder.encode(id === 0 ? entry : `,${entry}`);
    await Promise.resolve();
  }
  yield encoder.encode('],"categories":[{"id":1,"name":"person"}]}');
}
