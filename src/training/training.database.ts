import type { DatabaseSchema } from '../database/index.js';
import { MetricPoint, RunEvent, RunTransition, TrainingRun, TrainingWorker } from './entities/index.js';
import { CreateTraining1000000003000 } from './migrations/3000-create-training.js';
import { LeasesByRenewal1000000003100 } from './migrations/3100-leases-by-renewal.js';

/** Tables of this feature. */
export const trainingSchema: DatabaseSchema = {
  entities: [TrainingRun, RunTransition, MetricPoint, RunEvent, TrainingWorker],
  migrations: [CreateTraining1000000003000, LeasesByRenewal1000000003100],
};
