import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { z } from 'zod';
import { sceneRandom } from '../scene-random.js';
import { renderPictureSet, type PictureSet } from './picture-set.js';
import { SCENE_LABELS } from './vocabulary.js';

const instancesSchema = z.object({
  images: z.array(z.object({ id: z.number(), file_name: z.string(), width: z.number(), height: z.number() })),
  annotations: z.array(
    z.object({ image_id: z.number(), category_id: z.number(), bbox: z.array(z.number()).length(4), area: z.number() }),
  ),
  categories: z.array(z.object({ id: z.number(), name: z.string() })),
});

describe('the rendered picture set', () => {
  let folder: string;
  let set: PictureSet;
  const progress: [number, number][] = [];
  const options = { size: 64, train: 12, validation: 5, unseen: 2, random: sceneRandom(1) };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'q2l-scenes-'));
    set = await renderPictureSet(folder, options, (done, total) => progress.push([done, total]));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('writes JPEG files of the wanted size in the layout of a COCO data set', async () => {
    expect(await readdir(join(folder, 'images/train'))).toHaveLength(12);
    expect(await readdir(join(folder, 'images/val'))).toHaveLength(5);
    const { format, width, height, channels } = await sharp(join(folder, 'images/train/000001.jpg')).metadata();
    expect({ format, width, height, channels }).toEqual({ format: 'jpeg', width: 64, height: 64, channels: 3 });
  });

  it('annotates every picture with boxes that lie within it, under categories that exist', async () => {
    const text = await readFile(join(folder, 'annotations/instances_train.json'), 'utf8');
    const { images, annotations, categories } = instancesSchema.parse(JSON.parse(text));
    expect(categories.map(({ name }) => name)).toEqual(SCENE_LABELS.map(({ name }) => name));
    expect(new Set(annotations.map(({ image_id }) => image_id))).toEqual(new Set(images.map(({ id }) => id)));
    const ids = categories.map(({ id }) => id);
    for (const { category_id, bbox, area } of annotations) {
      const [x, y, width, height] = bbox;
      expect(ids).toContain(category_id);
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      expect(Math.max(x + width, y + height)).toBeLessThanOrEqual(64.02);
      expect(area).toBeGreaterThan(0);
    }
  });

  it('keeps pictures aside that no split holds, with their labels', async () => {
    expect(set.unseen).toHaveLength(2);
    for (const { path, labels } of set.unseen) {
      expect((await readFile(path)).length).toBeGreaterThan(500);
      expect(labels.length).toBeGreaterThanOrEqual(2);
    }
  });

  it('reports each picture once', () => {
    expect(progress.map(([done]) => done)).toEqual(Array.from({ length: 19 }, (_, index) => index + 1));
    expect(new Set(progress.map(([, total]) => total))).toEqual(new Set([19]));
  });

  it('is the same for the same seed, and another for another', async () => {
    const again = await mkdtemp(join(tmpdir(), 'q2l-scenes-'));
    const read = (root: string): Promise<Buffer> => readFile(join(root, 'images/val/000003.jpg'));
    const first = await read(folder);
    await renderPictureSet(again, options);
    expect((await read(again)).equals(first)).toBe(true);
    await renderPictureSet(again, { ...options, random: sceneRandom(2) });
    expect((await read(again)).equals(first)).toBe(false);
    await rm(again, { recursive: true });
  });
});
