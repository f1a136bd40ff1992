import { access } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a COCO dataset keeps its annotation files and pictures, below its folder. */
export interface CocoLayout {
  readonly trainAnnotations: string;
  readonly trainImages: string;
  readonly validationAnnotations: string;
  readonly validationImages: string;
}

function layout(suffix: string, images: string): CocoLayout {
  return {
    trainAnnotations: `annotations/instances_train${suffix}.json`,
    trainImages: `${images}train${suffix}`,
    validationAnnotations: `annotations/instances_val${suffix}.json`,
    validationImages: `${images}val${suffix}`,
  };
}

/** The demo's own layout, then those of COCO 2017 and 2014 as they are published. */
const LAYOUTS = [
  layout('', 'images/'),
  layout('2017', ''),
  layout('2017', 'images/'),
  layout('2014', ''),
  layout('2014', 'images/'),
];

/** The `coco` importer with its options for a layout. */
export function cocoImporter(where: CocoLayout) {
  return {
    name: 'coco',
    options: {
      splits: [
        { split: 'train', annotations: where.trainAnnotations, images: where.trainImages },
        { split: 'validation', annotations: where.validationAnnotations, images: where.validationImages },
      ],
    },
  } as const;
}

/** The importer for the demo's own layout. */
export const COCO_IMPORTER = cocoImporter(LAYOUTS[0]);

function partsOf(where: CocoLayout): string[] {
  return [where.trainAnnotations, where.trainImages, where.validationAnnotations, where.validationImages];
}

async function missingParts(folder: string, where: CocoLayout): Promise<string[]> {
  const parts = partsOf(where);
  const found = await Promise.all(
    parts.map((part) =>
      access(join(folder, part)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return parts.filter((_, index) => !found[index]);
}

/** The layout of a folder. @throws naming every part that it lacks of the layout that it is closest to */
export async function findCocoLayout(folder: string): Promise<CocoLayout> {
  const missing = await Promise.all(LAYOUTS.map((where) => missingParts(folder, where)));
  const fewest = Math.min(...missing.map(({ length }) => length));
  const closest = missing.findIndex(({ length }) => length === fewest);
  if (fewest === 0) return LAYOUTS[closest];
  throw new Error(
    `${folder} is not a COCO dataset in a layout that the demo reads: it lacks ${missing[closest].join(', ')}. ` +
      `It must hold ${partsOf(LAYOUTS[closest]).join(', ')}; or the same with 2017 or 2014 in the names. ` +
      'For other layouts, start a server and use "q2l datasets import".',
  );
}
