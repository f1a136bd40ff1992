import { z } from 'zod';
import { defineOperation } from '../operation.js';
import { outcomeOf, REFUSAL_FRAGMENT, REFUSAL_WITH_FIELDS_FRAGMENT } from '../refusal.js';

const quantizationSchema = z.object({
  dataset: z.string(),
  calibrationSplit: z.string(),
  calibrationImages: z.number(),
  rule: z.string(),
  split: z.string(),
  metric: z.string(),
  float32: z.number(),
  int8: z.number(),
});

const precisionSchema = z.enum(['FLOAT32', 'INT8']);
export type PrecisionName = z.infer<typeof precisionSchema>;

/** Lets a checkpoint predict in 8 bits; answers when that was found and measured. */
export const QUANTIZE_CHECKPOINT = defineOperation(
  `mutation QuantizeCheckpoint($input: QuantizeCheckpointInput!) {
    quantizeCheckpoint(input: $input) {
      ... on Checkpoint {
        id precision quantization { dataset calibrationSplit calibrationImages rule split metric float32 int8 }
      }
      ${REFUSAL_WITH_FIELDS_FRAGMENT}
    }
  }`,
  z.object({
    quantizeCheckpoint: outcomeOf(
      z.object({ id: z.string(), precision: precisionSchema, quantization: quantizationSchema }),
    ),
  }),
);

/** How far the quantization of a checkpoint is; ends with it. */
export const QUANTIZATION_PROGRESS = defineOperation(
  `subscription QuantizationProgress($checkpoint: String!) {
    quantizationProgress(checkpoint: $checkpoint) { stage done total finished }
  }`,
  z.object({
    quantizationProgress: z.object({
      stage: z.enum(['CALIBRATE', 'MEASURE_FLOAT32', 'MEASURE_INT8']),
      done: z.number(),
      total: z.number(),
      finished: z.boolean(),
    }),
  }),
);

export const SET_PRECISION = defineOperation(
  `mutation SetPrecision($input: SetPrecisionInput!) {
    setPrecision(input: $input) { ... on Checkpoint { id precision } ${REFUSAL_FRAGMENT} }
  }`,
  z.object({ setPrecision: outcomeOf(z.object({ id: z.string(), precision: precisionSchema })) }),
);
