import { Module } from '@nestjs/common';
import { TrainingModule } from '../training/training.module.js';
import { QueueModule } from '../training/queue/queue.module.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsService } from './metrics.service.js';
import { RunObserver } from './run-observer.js';

/** `GET /metrics` for Prometheus. */
@Module({
  imports: [TrainingModule, QueueModule],
  controllers: [MetricsController],
  providers: [MetricsService, RunObserver],
})
export class MetricsModule {}
