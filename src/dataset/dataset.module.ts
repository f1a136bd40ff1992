import { Module } from '@nestjs/common';
import { BatchLoader } from './batch/batch-loader.js';
import { SplitReader } from './batch/split-reader.js';
import { ImageStore } from './store/image-store.js';

/** Datasets, their images, and how they are read; without routes and resolvers (`DatasetApiModule`), for workers too. */
@Module({
  providers: [ImageStore, SplitReader, BatchLoader],
  exports: [ImageStore, SplitReader, BatchLoader],
})
export class DatasetModule {}
