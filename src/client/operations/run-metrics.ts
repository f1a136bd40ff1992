import { z } from 'zod';
import { defineOperation } from '../operation.js';

const pointSchema = z.object({
  epoch: z.number(),
  weights: z.string(),
  split: z.string(),
  name: z.string(),
  value: z.number().nullable(),
  perLabel: z.array(z.number().nullable()).nullable(),
});
export type MetricPointDetails = z.infer<typeof pointSchema>;

/** All figures of a run, oldest first. */
export const RUN_METRICS = defineOperation(
  `query RunMetrics($id: ID!) {
    trainingRun(id: $id) { metrics { epoch weights split name value perLabel } }
  }`,
  z.object({ trainingRun: z.object({ metrics: z.array(pointSchema) }) }),
);

const learningPointSchema = pointSchema.omit({ perLabel: true });
export type LearningPoint = z.infer<typeof learningPointSchema>;

/** The figures of a run without those of single labels: what its curves are drawn from. */
export const RUN_LEARNING = defineOperation(
  `query RunLearning($id: ID!) { trainingRun(id: $id) { metrics { epoch weights split name value } } }`,
  z.object({ trainingRun: z.object({ metrics: z.array(learningPointSchema) }) }),
);
