import { createHash } from 'node:crypto';
import { In } from 'typeorm';
import type { DatabaseService } from '../../database/index.js';
import { type Dataset, Image, ImageLabel, ImageState, Label } from '../entities/index.js';
import { FindingCollector } from './finding-collector.js';
import type { ImportReport } from './import-report.js';
import { overlaps } from './overlaps.js';
import { SplitCounter } from './split-counter.js';

/** Images looked at together. */
const CHUNK = 1000;

export interface Summary {
  readonly contentHash: string;
  readonly report: ImportReport;
}

/**
 * Goes once over all entries of a dataset, in the order of the annotations: what the report says and the hash of the
 * content come from the database, so that they are the same for an import that was interrupted and resumed.
 */
export async function summarize(
  database: DatabaseService,
  dataset: Dataset,
  warnings: { readonly count: number; readonly first: readonly string[] },
): Promise<Summary> {
  const labels = await database.read.find(Label, { where: { datasetId: dataset.id }, order: { index: 'ASC' } });
  const names = labels.map(({ name }) => name);
  const splits = new Map<string, SplitCounter>();
  const findings = new FindingCollector();
  const hash = createHash('sha256').update(JSON.stringify(names));
  for await (const [image, values] of entriesOf(database, dataset)) {
    const split = splits.get(image.split) ?? new SplitCounter(image.split, names);
    splits.set(image.split, split);
    findings.add(image, split.firstWithContent(image));
    if (image.state === ImageState.READY) split.add(image, values);
    hash.update(`\n${JSON.stringify([image.split, image.path, image.sha256, values])}`);
  }
  const counters = [...splits.values()];
  const whole = SplitCounter.union(counters, names).report();
  return {
    contentHash: hash.digest('hex'),
    report: {
      images: whole.images,
      labels: names.length,
      meanLabelsPerImage: whole.meanLabelsPerImage,
      labelsPerImage: whole.labelsPerImage,
      splits: counters.map((counter) => counter.report()),
      ...findings.findings,
      overlap: overlaps(counters),
      warningCount: warnings.count,
      warnings: [...warnings.first],
    },
  };
}

type Cell = readonly [labelIndex: number, value: number];

async function* entriesOf(
  database: DatabaseService,
  { id }: Dataset,
): AsyncGenerator<readonly [Image, readonly Cell[]]> {
  let last = -1;
  for (;;) {
    const images = await database.read
      .createQueryBuilder(Image, 'image')
      .where('image.datasetId = :id AND image.position > :last', { id, last })
      .orderBy('image.position')
      .limit(CHUNK)
      .getMany();
    if (images.length === 0) return;
    const cells = await database.read.find(ImageLabel, {
      where: { imageId: In(images.map((image) => image.id)) },
      order: { labelIndex: 'ASC' },
    });
    const cellsOf = new Map<string, Cell[]>(images.map((image) => [image.id, []]));
    for (const { imageId, labelIndex, value } of cells) cellsOf.get(imageId)?.push([labelIndex, value]);
    for (const image of images) yield [image, cellsOf.get(image.id) ?? []];
    last = images[images.length - 1].position;
  }
}
