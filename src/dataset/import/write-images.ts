import { type EntityManager, In } from 'typeorm';
import { newIdentifier } from '../../common/identifiers.js';
import { type Dataset, Image, ImageLabel, ImageState } from '../entities/index.js';

/** An entry of the annotations, ready to be stored. */
export interface StagedImage {
  readonly path: string;
  readonly split: string;
  readonly externalId: string | null;
  readonly position: number;
  /** By label index: 1 present, -1 unknown. */
  readonly values: ReadonlyMap<number, 1 | -1>;
}

/** Rows of one INSERT: databases limit the number of parameters. */
const ROWS = 1000;

/** The columns of an image, without its relations. */
type ImageRow = Omit<Image, 'dataset'>;

interface Entry {
  readonly image: ImageRow;
  readonly isNew: boolean;
  readonly values: Map<number, 1 | -1>;
}

/**
 * Stores entries: new ones are inserted, those of an earlier import updated, and one that this import has listed before
 * is counted and its labels united (present wins over unknown).
 */
export async function writeImages(
  manager: EntityManager,
  dataset: Dataset,
  staged: readonly StagedImage[],
): Promise<void> {
  const entries = await knownEntries(manager, dataset, staged);
  for (const image of staged) addEntry(entries, dataset, image);
  const all = [...entries.values()];
  const images = all.map(({ image }) => image);
  const known = all.filter(({ isNew }) => !isNew).map(({ image }) => image);
  for (const rows of slices(images.filter((_, index) => all[index].isNew))) await manager.insert(Image, rows);
  for (const { id, ...changes } of known) await manager.update(Image, id, changes);
  if (known.length > 0) await manager.delete(ImageLabel, { imageId: In(known.map(({ id }) => id)) });
  const cells = all.flatMap(({ image, values }) =>
    [...values].map(([labelIndex, value]) => ({ imageId: image.id, labelIndex, value })),
  );
  for (const rows of slices(cells)) await manager.insert(ImageLabel, rows);
}

async function knownEntries(
  manager: EntityManager,
  dataset: Dataset,
  staged: readonly StagedImage[],
): Promise<Map<string, Entry>> {
  const paths = [...new Set(staged.map(({ path }) => path))];
  const images = paths.length === 0 ? [] : await manager.findBy(Image, { datasetId: dataset.id, path: In(paths) });
  const listedBefore = images.filter(({ generation }) => generation === dataset.generation).map(({ id }) => id);
  const cells = listedBefore.length === 0 ? [] : await manager.findBy(ImageLabel, { imageId: In(listedBefore) });
  const wanted = new Set(staged.map(keyOf));
  const entries = new Map<string, Entry>();
  for (const image of images.filter((found) => wanted.has(keyOf(found)))) {
    const values = cells.filter(({ imageId }) => imageId === image.id);
    entries.set(keyOf(image), {
      image,
      isNew: false,
      values: new Map(values.map(({ labelIndex, value }) => [labelIndex, value === 1 ? 1 : -1])),
    });
  }
  return entries;
}

function addEntry(entries: Map<string, Entry>, dataset: Dataset, staged: StagedImage): void {
  const entry = entries.get(keyOf(staged)) ?? newEntry(dataset, staged);
  entries.set(keyOf(staged), entry);
  const { image, values } = entry;
  if (image.generation === dataset.generation) {
    image.listings++;
  } else {
    Object.assign(image, {
      generation: dataset.generation,
      listings: 1,
      position: staged.position,
      externalId: staged.externalId,
      state: ImageState.PENDING,
    });
  }
  for (const [index, value] of staged.values)
    values.set(index, Math.max(value, values.get(index) ?? -1) === 1 ? 1 : -1);
}

function newEntry(dataset: Dataset, { path, split, externalId, position }: StagedImage): Entry {
  const image: ImageRow = {
    id: newIdentifier(),
    datasetId: dataset.id,
    path,
    split,
    externalId,
    position,
    listings: 0,
    state: ImageState.PENDING,
    generation: dataset.generation,
    problem: null,
    sha256: null,
    format: null,
    width: null,
    height: null,
    bytes: null,
  };
  return { image, isNew: true, values: new Map() };
}

function keyOf({ split, path }: { split: string; path: string }): string {
  return `${split}\0${path}`;
}

function* slices<T>(rows: readonly T[]): Generator<T[]> {
  for (let start = 0; start < rows.length; start += ROWS) yield rows.slice(start, start + ROWS);
}
