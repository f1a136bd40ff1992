import { z } from 'zod';
import { defineOperation } from '../operation.js';
import { outcomeOf, REFUSAL_WITH_FIELDS_FRAGMENT } from '../refusal.js';

const labelSchema = z.object({
  label: z.string(),
  metrics: z.array(z.object({ metric: z.string(), value: z.number().nullable() })),
  threshold: z.number(),
  truePositives: z.number(),
  falsePositives: z.number(),
  falseNegatives: z.number(),
  trueNegatives: z.number(),
  unknown: z.number(),
});

const evaluationSchema = z.object({
  checkpoint: z.object({ id: z.string() }),
  dataset: z.string(),
  split: z.string(),
  notice: z.string().nullable(),
  images: z.number(),
  skipped: z.array(z.string()),
  metrics: z.array(
    z.object({ name: z.string(), value: z.number().nullable(), figures: z.record(z.string(), z.number().nullable()) }),
  ),
  labels: z.array(labelSchema),
  milliseconds: z.number(),
});
export type EvaluationDetails = z.infer<typeof evaluationSchema>;

/** Measures a checkpoint on a split; answers when it is done. */
export const EVALUATE = defineOperation(
  `query Evaluate($input: EvaluateInput!) {
    evaluate(input: $input) {
      ... on Evaluation {
        checkpoint { id }
        dataset split notice images skipped milliseconds
        metrics { name value figures }
        labels {
          label threshold truePositives falsePositives falseNegatives trueNegatives unknown
          metrics { metric value }
        }
      }
      ${REFUSAL_WITH_FIELDS_FRAGMENT}
    }
  }`,
  z.object({ evaluate: outcomeOf(evaluationSchema) }),
);

/** How far the evaluation of a checkpoint on a split is; ends with it. */
export const EVALUATION_PROGRESS = defineOperation(
  `subscription EvaluationProgress($checkpoint: String!, $dataset: String!, $split: String!) {
    evaluationProgress(checkpoint: $checkpoint, dataset: $dataset, split: $split) { done total finished }
  }`,
  z.object({ evaluationProgress: z.object({ done: z.number(), total: z.number(), finished: z.boolean() }) }),
);
