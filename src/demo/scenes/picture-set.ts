import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostRandom } from '@query2label/sdk';
import sharp from 'sharp';
import { cocoInstances, findingsOf } from './coco-annotations.js';
import { composeScene } from './compose-scene.js';
import { drawScene } from './draw-scene.js';
import type { Scene } from './scene.js';

/** How large the demo's picture set is. */
export interface PictureSetOptions {
  /** Height and width of each picture in pixels. */
  readonly size: number;
  readonly train: number;
  readonly validation: number;
  /** Pictures in neither split, to be asked about after training. */
  readonly unseen: number;
  /** Random numbers of one picture: a pure function of the split's name and the picture's index. */
  readonly random: (split: string, index: number) => HostRandom;
}

/** A picture that no split holds, with the labels that are true of it. */
export interface UnseenPicture {
  readonly path: string;
  readonly labels: readonly string[];
}

export interface PictureSet {
  readonly folder: string;
  readonly pictures: number;
  readonly unseen: readonly UnseenPicture[];
}

const JPEG_QUALITY = 90;
/** Pictures rendered at a time: sharp works in its own threads. */
const AT_ONCE = 8;

async function renderPictures(
  folder: string,
  scenes: readonly Scene[],
  onPicture: () => void,
): Promise<{ file: string; scene: Scene }[]> {
  await mkdir(folder, { recursive: true });
  const pictures = scenes.map((scene, index) => ({ file: `${String(index + 1).padStart(6, '0')}.jpg`, scene }));
  for (let start = 0; start < pictures.length; start += AT_ONCE) {
    await Promise.all(
      pictures.slice(start, start + AT_ONCE).map(async ({ file, scene }) => {
        await sharp(Buffer.from(drawScene(scene)))
          .flatten()
          .jpeg({ quality: JPEG_QUALITY })
          .toFile(join(folder, file));
        onPicture();
      }),
    );
  }
  return pictures;
}

/**
 * Renders the demo's pictures as JPEG files with COCO annotations:
 * `images/train`, `images/val`, `annotations/instances_train.json`, `annotations/instances_val.json`, and `unseen`.
 * The same options give the same scenes.
 * @param onPicture called after each picture with the number done and the number in all
 */
export async function renderPictureSet(
  folder: string,
  options: PictureSetOptions,
  onPicture: (done: number, total: number) => void = () => undefined,
): Promise<PictureSet> {
  const total = options.train + options.validation + options.unseen;
  let done = 0;
  const scenesOf = (split: string, count: number): Scene[] =>
    Array.from({ length: count }, (_, index) => composeScene(options.random(split, index), options.size));
  const countOne = (): void => {
    done += 1;
    onPicture(done, total);
  };

  await mkdir(join(folder, 'annotations'), { recursive: true });
  for (const [split, count] of [
    ['train', options.train],
    ['val', options.validation],
  ] as const) {
    const pictures = await renderPictures(join(folder, 'images', split), scenesOf(split, count), countOne);
    const instances = cocoInstances(`Rendered scenes of the Query2Label demo (${split})`, pictures);
    await writeFile(join(folder, 'annotations', `instances_${split}.json`), JSON.stringify(instances));
  }
  const unseen = await renderPictures(join(folder, 'unseen'), scenesOf('unseen', options.unseen), countOne);
  return {
    folder,
    pictures: total,
    unseen: unseen.map(({ file, scene }) => ({
      path: join(folder, 'unseen', file),
      labels: [...new Set(findingsOf(scene).map(({ label }) => label))],
    })),
  };
}
