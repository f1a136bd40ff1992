import { posix } from 'node:path';
import type { ImportRecord } from '@query2label/sdk';
import { InvalidInputError } from '../../common/errors/index.js';
import type { Stratification } from './stratification.js';
import { stratify } from './stratify.js';

type ImageRecord = Extract<ImportRecord, { kind: 'image' }>;

/**
 * The records of an importer whose annotations know no splits, dealt out to splits. An image that is listed several times goes to one split,
 * with the labels of all its entries. Holds one entry per image in memory.
 * @throws InvalidInputError if the annotations do give several splits, or there are fewer images than splits
 */
export async function* stratifiedRecords(
  records: AsyncIterable<ImportRecord>,
  { parts, seed }: Stratification,
): AsyncGenerator<ImportRecord, void, undefined> {
  const images: ImageRecord[] = [];
  const indexOfLabel = new Map<string, number>();
  for await (const record of records) {
    if (record.kind === 'image') images.push(record);
    else yield record;
    if (record.kind === 'label' && !indexOfLabel.has(record.name)) indexOfLabel.set(record.name, indexOfLabel.size);
  }
  const given = [...new Set(images.map(({ split }) => split))];
  if (given.length > 1) {
    throw InvalidInputError.field(
      'stratify',
      `the annotations give the splits ${given.join(', ')}; only images without splits are dealt out`,
      'Leave stratify out, or import the images of one split only.',
    );
  }
  const labelsOf = new Map<string, Set<number>>();
  for (const { path, labels } of images) {
    const own = labelsOf.get(posix.normalize(path)) ?? new Set<number>();
    labelsOf.set(posix.normalize(path), own);
    for (const label of labels) {
      const index = indexOfLabel.get(label);
      if (index !== undefined) own.add(index); // a label that was not announced is refused where the record is taken in
    }
  }
  if (labelsOf.size < parts.length) {
    throw InvalidInputError.field('stratify', `${labelsOf.size} images cannot be dealt out to ${parts.length} splits`);
  }
  const paths = [...labelsOf.keys()];
  const sets = [...labelsOf.values()].map((labels) => [...labels]);
  const shares = parts.map(({ part }) => part);
  const choice = stratify(sets, indexOfLabel.size, shares, seed);
  const splitOf = new Map(paths.map((path, index) => [path, parts[choice[index]].split]));
  for (const image of images) yield { ...image, split: splitOf.get(posix.normalize(image.path)) ?? image.split };
}
