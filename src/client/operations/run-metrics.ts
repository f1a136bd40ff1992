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
