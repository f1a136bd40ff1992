import { Module } from '@nestjs/common';
import { BatchLoader } from './batch/batch-loader.js';
import { SplitReader } from './batch/split-reader.js';
import { DatasetService } from './dataset.service.js';
import { DatasetLoaders } from './graphql/dataset.loaders.js';
import { DatasetResolver } from './graphql/dataset.resolver.js';
import { ImageResolver } from './graphql/image.resolver.js';
import { ImageService } from './image.service.js';
import { DatasetImporter } from './import/dataset-importer.js';
import { ImageController } from './rest/image.controller.js';
import { ImageStore } from './store/image-store.js';
import { UnusedImages } from './store/unused-images.js';

/** Datasets, uploads, and how their images are read. */
@Module({
  controllers: [ImageController],
  providers: [
    BatchLoader,
    DatasetImporter,
    DatasetLoaders,
    DatasetResolver,
    DatasetService,
    ImageResolver,
    ImageService,
    ImageStore,
    SplitReader,
    UnusedImages,
  ],
  exports: [BatchLoader, DatasetLoaders, DatasetService, ImageService, ImageStore, SplitReader, UnusedImages],
})
export class DatasetModule {}
