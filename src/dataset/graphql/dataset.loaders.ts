import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { DatabaseService } from '../../database/index.js';
import { Dataset, Image, ImageLabel, ImageState, Label } from '../entities/index.js';
import { Split } from './dataset.types.js';

/** Values of `ImageLabel`. */
export const PRESENT = 1;
export const UNKNOWN = -1;

/** One query each for what many items of a list ask for singly. */
@Injectable()
export class DatasetLoaders {
  constructor(private readonly database: DatabaseService) {}

  readonly datasets = async (ids: readonly string[]): Promise<ReadonlyMap<string, Dataset>> => {
    const datasets = await this.database.read.findBy(Dataset, { id: In(ids) });
    return new Map(datasets.map((dataset) => [dataset.id, dataset]));
  };

  readonly labels = async (datasetIds: readonly string[]): Promise<ReadonlyMap<string, Label[]>> => {
    const where = { datasetId: In(datasetIds) };
    return grouped(
      datasetIds,
      await this.database.read.find(Label, { where, order: { index: 'ASC' } }),
      (label) => label.datasetId,
    );
  };

  readonly cells = async (imageIds: readonly string[]): Promise<ReadonlyMap<string, ImageLabel[]>> =>
    grouped(imageIds, await this.database.read.findBy(ImageLabel, { imageId: In(imageIds) }), (cell) => cell.imageId);

  readonly splits = async (datasetIds: readonly string[]): Promise<ReadonlyMap<string, Split[]>> => {
    const counts = await this.database.read
      .createQueryBuilder(Image, 'image')
      .select('image.datasetId', 'datasetId')
      .addSelect('image.split', 'split')
      .addSelect('image.state', 'state')
      .addSelect('COUNT(*)', 'count')
      .where('image.datasetId IN (:...datasetIds)', { datasetIds })
      .groupBy('image.datasetId')
      .addGroupBy('image.split')
      .addGroupBy('image.state')
      .orderBy('image.split')
      .getRawMany<{ datasetId: string; split: string; state: ImageState; count: string | number }>();
    const splits = new Map<string, Split>();
    for (const { datasetId, split, state, count } of counts) {
      const key = `${datasetId} ${split}`;
      const known = splits.get(key) ?? { datasetId, name: split, entryCount: 0, imageCount: 0 };
      known.entryCount += Number(count);
      if (state === ImageState.READY) known.imageCount += Number(count);
      splits.set(key, known);
    }
    return grouped(datasetIds, [...splits.values()], (split) => split.datasetId);
  };
}

function grouped<Item>(
  keys: readonly string[],
  items: readonly Item[],
  keyOf: (item: Item) => string,
): ReadonlyMap<string, Item[]> {
  const groups = new Map<string, Item[]>(keys.map((key) => [key, []]));
  for (const item of items) groups.get(keyOf(item))?.push(item);
  return groups;
}
