import { z } from 'zod';
import { defineOperation } from '../operation.js';
import { outcomeOf, REFUSAL_WITH_FIELDS_FRAGMENT } from '../refusal.js';

const attentionSchema = z.object({
  rows: z.number(),
  columns: z.number(),
  values: z.array(z.array(z.number())),
  url: z.string(),
});

const predictionSchema = z.object({
  __typename: z.literal('Prediction'),
  index: z.number(),
  width: z.number(),
  height: z.number(),
  labels: z.array(
    z.object({
      label: z.string(),
      score: z.number(),
      threshold: z.number(),
      decision: z.boolean(),
      attention: attentionSchema.nullable(),
    }),
  ),
  timings: z.object({ decode: z.number(), queue: z.number(), compute: z.number() }),
});
export type PredictionDetails = z.infer<typeof predictionSchema>;

const failureSchema = z.object({
  __typename: z.literal('PredictionFailure'),
  index: z.number(),
  code: z.string(),
  message: z.string(),
  help: z.string().nullish(),
});

const batchSchema = z.object({
  checkpoint: z.object({ id: z.string() }),
  notice: z.string().nullable(),
  results: z.array(z.discriminatedUnion('__typename', [predictionSchema, failureSchema])),
});

/** Asks a checkpoint about pictures. */
export const PREDICT = defineOperation(
  `query Predict($input: PredictInput!) {
    predict(input: $input) {
      ... on PredictionBatch {
        checkpoint { id }
        notice
        results {
          __typename
          ... on Prediction {
            index width height
            labels { label score threshold decision attention { rows columns values url } }
            timings { decode queue compute }
          }
          ... on PredictionFailure { index code message help }
        }
      }
      ${REFUSAL_WITH_FIELDS_FRAGMENT}
    }
  }`,
  z.object({ predict: outcomeOf(batchSchema) }),
);
