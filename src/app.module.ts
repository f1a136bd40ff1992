import { type DynamicModule, Module, type OnModuleDestroy } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { CheckpointModule } from './checkpoint/checkpoint.module.js';
import { ReconciliationModule } from './checkpoint/reconciliation/reconciliation.module.js';
import { CheckpointTransferModule } from './checkpoint/transfer/checkpoint-transfer.module.js';
import type { ConfigurationOrigin } from './config/index.js';
import { CoreModule } from './core.module.js';
import { DatasetModule } from './dataset/dataset.module.js';
import { UploadExpiryModule } from './dataset/store/upload-expiry.module.js';
import { EngineModule } from './engine/engine.module.js';
import { GraphqlModule } from './graphql/index.js';
import { HealthModule } from './health/health.module.js';
import { ErrorsFilter } from './http/errors.filter.js';
import { createValidationPipe } from './http/validation.pipe.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { PipelineModule } from './pipeline/pipeline.module.js';
import { PredictionModule } from './prediction/prediction.module.js';
import { TrainingModule } from './training/training.module.js';
import { TrainingSupervisor } from './training/training-supervisor.js';

/** The HTTP server: every feature with its resolvers and routes. */
@Module({})
export class AppModule implements OnModuleDestroy {
  constructor(private readonly training: TrainingSupervisor) {}

  /** @param origin default: this process's environment and working folder */
  static async forRoot(origin: ConfigurationOrigin = {}): Promise<DynamicModule> {
    return {
      module: AppModule,
      imports: [
        await CoreModule.forRoot(origin),
        CheckpointModule,
        CheckpointTransferModule,
        DatasetModule,
        EngineModule,
        GraphqlModule,
        HealthModule,
        MetricsModule,
        PipelineModule,
        PredictionModule,
        ReconciliationModule,
        TrainingModule,
        UploadExpiryModule,
      ],
      providers: [
        { provide: APP_FILTER, useClass: ErrorsFilter },
        { provide: APP_PIPE, useFactory: createValidationPipe },
      ],
    };
  }

  /** The first to be told of the end: runs are handed back while queries that were taken are still answered. */
  onModuleDestroy(): void {
    void this.training.drain();
  }
}
