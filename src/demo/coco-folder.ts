import { access } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the demo looks in a COCO dataset. */
const PARTS = [
  'annotations/instances_train.json',
  'annotations/instances_val.json',
  'images/train',
  'images/val',
] as const;

/** Options of the `coco` importer for that layout. */
export const COCO_IMPORTER = {
  name: 'coco',
  options: {
    splits: [
      { split: 'train', annotations: 'annotations/instances_train.json', images: 'images/train' },
      { split: 'validation', annotations: 'annotations/instances_val.json', images: 'images/val' },
    ],
  },
} as const;

/** @throws naming every part that a folder lacks */
export async function checkCocoFolder(folder: string): Promise<void> {
  const found = await Promise.all(
    PARTS.map((part) =>
      access(join(folder, part)).then(
        () => true,
        () => false,
      ),
    ),
  );
  const missing = PARTS.filter((_, index) => !found[index]);
  if (missing.length === 0) return;
  throw new Error(
    `${folder} is not a COCO dataset in the layout that the demo reads: it lacks ${missing.join(', ')}. ` +
      `It must hold ${PARTS.join(', ')}. For other layouts, start a server and use "q2l datasets import".`,
  );
}
