import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  ConnectionArguments,
  type DataLoaderRegistry,
  expectErrors,
  Loaders,
  type Page,
  type UserError,
} from '../../common/graphql/index.js';
import { DatasetService } from '../dataset.service.js';
import { Dataset, Image, Label } from '../entities/index.js';
import { ImageService } from '../image.service.js';
import { ImportProgress } from '../import/import-progress.js';
import { DatasetLoaders } from './dataset.loaders.js';
import {
  DatasetConnection,
  type DeletedDataset,
  DeleteDatasetResult,
  ImageConnection,
  ImagesArguments,
  ImportDatasetInput,
  ImportDatasetResult,
  Split,
} from './dataset.types.js';

@Resolver(() => Dataset)
export class DatasetResolver {
  constructor(
    private readonly service: DatasetService,
    private readonly images: ImageService,
    private readonly batches: DatasetLoaders,
  ) {}

  @Query(() => DatasetConnection, { name: 'datasets', description: 'Datasets, newest first.' })
  listDatasets(@Args() page: ConnectionArguments): Promise<Page<Dataset>> {
    return this.service.page(page);
  }

  @Query(() => Dataset, { name: 'dataset', description: 'One dataset by its id.' })
  getDataset(@Args('id', { type: () => ID }) id: string): Promise<Dataset> {
    return this.service.get(id);
  }

  @Query(() => ImageConnection, {
    name: 'images',
    description: 'Images of a dataset, in the order of its annotations.',
  })
  listImages(@Args() selection: ImagesArguments): Promise<Page<Image>> {
    return this.images.page(selection);
  }

  @Mutation(() => ImportDatasetResult, {
    description:
      'Imports a dataset from a folder that the operator allowed. Done again it resumes or updates; nothing is doubled.',
  })
  importDataset(@Args('input') { wait, ...request }: ImportDatasetInput): Promise<Dataset | UserError> {
    return expectErrors(async () => {
      const { dataset, finished } = await this.service.start(request);
      return wait ? finished : dataset;
    });
  }

  @Mutation(() => DeleteDatasetResult, {
    description: 'Deletes a dataset; refused where training runs refer to it, and while it is being imported.',
  })
  deleteDataset(@Args('id', { type: () => ID }) id: string): Promise<DeletedDataset | UserError> {
    return expectErrors(async () => {
      await this.service.delete(id);
      return { id };
    });
  }

  @ResolveField(() => [Label], { description: 'Labels in the order of their index.' })
  labels(@Parent() { id }: Dataset, @Loaders() loaders: DataLoaderRegistry): Promise<readonly Label[]> {
    return loaders.get('dataset.labels', this.batches.labels).load(id);
  }

  @ResolveField(() => [Split], { description: 'Splits by name.' })
  splits(@Parent() { id }: Dataset, @Loaders() loaders: DataLoaderRegistry): Promise<readonly Split[]> {
    return loaders.get('dataset.splits', this.batches.splits).load(id);
  }

  @ResolveField(() => ImportProgress, {
    nullable: true,
    description: 'How far the import is; null if none runs in the server that answers.',
  })
  importProgress(@Parent() { id }: Dataset): ImportProgress | null {
    return this.service.progressOf(id) ?? null;
  }
}
