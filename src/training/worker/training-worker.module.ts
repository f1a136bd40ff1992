import { Module } from '@nestjs/common';
import { CheckpointModule } from '../../checkpoint/checkpoint.module.js';
import { DatasetModule } from '../../dataset/dataset.module.js';
import { PipelineModule } from '../../pipeline/pipeline.module.js';
import { FeatureCache } from '../features/feature-cache.js';
import { QueueModule } from '../queue/queue.module.js';
import { RunExecutor } from './run-executor.js';

/** What a training worker consists of, beside the core. */
@Module({
  imports: [DatasetModule, PipelineModule, CheckpointModule, QueueModule],
  providers: [RunExecutor, FeatureCache],
  exports: [RunExecutor, QueueModule],
})
export class TrainingWorkerModule {}
