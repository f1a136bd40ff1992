import { Module } from '@nestjs/common';
import { CheckpointModule } from '../checkpoint/checkpoint.module.js';
import { DatasetModule } from '../dataset/dataset.module.js';
import { PipelineModule } from '../pipeline/pipeline.module.js';
import { EventFeed } from './events/event-feed.js';
import { TrainingEventsResolver } from './graphql/training-events.resolver.js';
import { TrainingRunResolver } from './graphql/training-run.resolver.js';
import { EmbeddedQueue } from './queue/embedded-queue.js';
import { RUN_QUEUE } from './queue/run-queue.js';
import { TrainingSupervisor } from './training-supervisor.js';
import { TrainingService } from './training.service.js';

/** Training runs, as the server sees them: queue, history, events, and the workers' supervisor. */
@Module({
  imports: [DatasetModule, PipelineModule, CheckpointModule],
  providers: [
    TrainingService,
    EventFeed,
    TrainingRunResolver,
    TrainingEventsResolver,
    TrainingSupervisor,
    { provide: RUN_QUEUE, useClass: EmbeddedQueue },
  ],
  exports: [TrainingService, TrainingSupervisor],
})
export class TrainingModule {}
