import type { DatabaseSchema } from '../database/index.js';
import { MetricPoint, RunEvent, RunTransition, TrainingRun } from './entities/index.js';
import { CreateTraining1000000003000 } from './migrations/3000-create-training.js';

/** Tables of this feature. */
export const trainingSchema: DatabaseSchema = {
  entities: [TrainingRun, RunTransition, MetricPoint, RunEvent],
  migrations: [CreateTraining1000000003000],
};
