import type { DatabaseSchema } from '../database/index.js';
import { Ablation } from './ablation/ablation.entity.js';
import { MetricPoint, RunEvent, RunTransition, TrainingRun } from './entities/index.js';
import { CreateTraining1000000003000 } from './migrations/3000-create-training.js';
import { CreateAblation1000000003050 } from './migrations/3050-create-ablation.js';
import { LeasesByRenewal1000000003100 } from './migrations/3100-leases-by-renewal.js';
import { TrainingWorker } from './queue/embedded/training-worker.entity.js';

/** Tables of this feature. */
export const trainingSchema: DatabaseSchema = {
  entities: [TrainingRun, RunTransition, MetricPoint, RunEvent, TrainingWorker, Ablation],
  migrations: [CreateTraining1000000003000, CreateAblation1000000003050, LeasesByRenewal1000000003100],
};
