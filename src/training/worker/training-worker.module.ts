import { Module } from '@nestjs/common';
import { CheckpointModule } from '../../checkpoint/checkpoint.module.js';
import { DatasetModule } from '../../dataset/dataset.module.js';
import { PipelineModule } from '../../pipeline/pipeline.module.js';
import { EmbeddedQueue } from '../queue/embedded-queue.js';
import { RUN_QUEUE } from '../queue/run-queue.js';
import { RunExecutor } from './run-executor.js';

/** What a training worker consists of, beside the core. */
@Module({
  imports: [DatasetModule, PipelineModule, CheckpointModule],
  providers: [RunExecutor, { provide: RUN_QUEUE, useClass: EmbeddedQueue }],
  exports: [RunExecutor, RUN_QUEUE],
})
export class TrainingWorkerModule {}
