import { Module } from '@nestjs/common';
import { CheckpointModule } from '../checkpoint/checkpoint.module.js';
import { DatasetModule } from '../dataset/dataset.module.js';
import { PipelineModule } from '../pipeline/pipeline.module.js';
import { AblationResolver } from './ablation/ablation.resolver.js';
import { AblationService } from './ablation/ablation.service.js';
import { EventFeed } from './events/event-feed.js';
import { ExpiredProgress } from './events/expired-progress.js';
import { TrainingEventsResolver } from './graphql/training-events.resolver.js';
import { TrainingRunResolver } from './graphql/training-run.resolver.js';
import { QueueModule } from './queue/queue.module.js';
import { TrainingSupervisor } from './training-supervisor.js';
import { TrainingService } from './training.service.js';

/** Training runs, as the server sees them: queue, history, events, and the workers' supervisor. */
@Module({
  imports: [DatasetModule, PipelineModule, CheckpointModule, QueueModule],
  providers: [
    TrainingService,
    EventFeed,
    ExpiredProgress,
    TrainingRunResolver,
    TrainingEventsResolver,
    TrainingSupervisor,
    AblationService,
    AblationResolver,
  ],
  exports: [TrainingService, TrainingSupervisor],
})
export class TrainingModule {}
