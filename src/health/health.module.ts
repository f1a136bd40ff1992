import { Module } from '@nestjs/common';
import { PredictionModule } from '../prediction/prediction.module.js';
import { QueueModule } from '../training/queue/queue.module.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';

/** `GET /health/live` and `GET /health/ready`. */
@Module({ imports: [PredictionModule, QueueModule], controllers: [HealthController], providers: [HealthService] })
export class HealthModule {}
