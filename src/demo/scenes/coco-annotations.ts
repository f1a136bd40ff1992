import { boundingBox, unionBox, type Box } from './outline.js';
import type { Scene } from './scene.js';
import { SCENE_LABELS } from './vocabulary.js';

/** The parts of a COCO "instances" file that the demo writes. */
export interface CocoInstances {
  readonly info: { readonly description: string; readonly version: string };
  readonly images: readonly CocoImage[];
  readonly annotations: readonly CocoAnnotation[];
  readonly categories: readonly { readonly id: number; readonly name: string; readonly supercategory: string }[];
}

export interface CocoImage {
  readonly id: number;
  readonly file_name: string;
  readonly width: number;
  readonly height: number;
}

export interface CocoAnnotation {
  readonly id: number;
  readonly image_id: number;
  readonly category_id: number;
  /** Left, top, width, height in pixels. */
  readonly bbox: readonly [number, number, number, number];
  /** Square pixels of the box. */
  readonly area: number;
  readonly iscrowd: 0;
}

const CATEGORIES = SCENE_LABELS.map(({ name, group }, index) => ({ id: index + 1, name, supercategory: group }));
const categoryId = (label: string): number => SCENE_LABELS.findIndex(({ name }) => name === label) + 1;

interface Finding {
  readonly label: string;
  readonly box: Box;
}

/** What can be seen in a scene: each shape under its shape, colour and pattern, each relation around its two shapes. */
export function findingsOf({ size, shapes, relations }: Scene): Finding[] {
  const boxes = shapes.map(({ outline }) => boundingBox(outline, size));
  return [
    ...shapes.flatMap(({ shape, colour, pattern }, index) =>
      [shape, colour, pattern].filter((label) => label !== 'plain').map((label) => ({ label, box: boxes[index] })),
    ),
    ...relations.map(({ relation, back, front }) => ({ label: relation, box: unionBox(boxes[back], boxes[front]) })),
  ];
}

const rounded = (value: number): number => Math.round(value * 100) / 100;

/** The COCO annotations of some scenes, whose files are named in the same order. Ids count from 1. */
export function cocoInstances(description: string, pictures: readonly { file: string; scene: Scene }[]): CocoInstances {
  const annotations = pictures.flatMap(({ scene }, picture) =>
    findingsOf(scene).map(({ label, box }) => ({ picture, label, box })),
  );
  return {
    info: { description, version: '1.0' },
    images: pictures.map(({ file, scene }, index) => ({
      id: index + 1,
      file_name: file,
      width: scene.size,
      height: scene.size,
    })),
    annotations: annotations.map(({ picture, label, box }, index) => ({
      id: index + 1,
      image_id: picture + 1,
      category_id: categoryId(label),
      bbox: [rounded(box.x), rounded(box.y), rounded(box.width), rounded(box.height)],
      area: rounded(box.width * box.height),
      iscrowd: 0,
    })),
    categories: CATEGORIES,
  };
}
