import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { type DataLoaderRegistry, Loaders } from '../../common/graphql/index.js';
import { Dataset, Image, Label } from '../entities/index.js';
import { DatasetLoaders, PRESENT, UNKNOWN } from './dataset.loaders.js';
import { Split } from './dataset.types.js';

@Resolver(() => Image)
export class ImageResolver {
  constructor(private readonly batches: DatasetLoaders) {}

  @ResolveField(() => String, { description: 'Where the original file is served, relative to the server.' })
  url(@Parent() { id }: Image): string {
    return `/images/${id}`;
  }

  @ResolveField(() => Dataset, { description: 'Dataset that it belongs to.' })
  dataset(@Parent() { datasetId }: Image, @Loaders() loaders: DataLoaderRegistry): Promise<Dataset> {
    return loaders.get('dataset', this.batches.datasets).load(datasetId);
  }

  @ResolveField(() => Split, { description: 'Split that it belongs to.' })
  async split(
    @Parent() { datasetId, split }: Image,
    @Loaders() loaders: DataLoaderRegistry,
  ): Promise<Split | undefined> {
    const splits = await loaders.get('dataset.splits', this.batches.splits).load(datasetId);
    return splits.find(({ name }) => name === split);
  }

  @ResolveField(() => [Label], { description: 'Labels that are present, in the order of their index.' })
  labels(@Parent() image: Image, @Loaders() loaders: DataLoaderRegistry): Promise<Label[]> {
    return this.labelsWith(PRESENT, image, loaders);
  }

  @ResolveField(() => [Label], {
    description: 'Labels of which it is not known whether they are present; they are left out of training and metrics.',
  })
  unknownLabels(@Parent() image: Image, @Loaders() loaders: DataLoaderRegistry): Promise<Label[]> {
    return this.labelsWith(UNKNOWN, image, loaders);
  }

  private async labelsWith(value: number, image: Image, loaders: DataLoaderRegistry): Promise<Label[]> {
    const [labels, cells] = await Promise.all([
      loaders.get('dataset.labels', this.batches.labels).load(image.datasetId),
      loaders.get('image.cells', this.batches.cells).load(image.id),
    ]);
    const indices = new Set(cells.filter((cell) => cell.value === value).map(({ labelIndex }) => labelIndex));
    return labels.filter(({ index }) => indices.has(index));
  }
}
