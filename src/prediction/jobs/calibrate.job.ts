import { RANGE_RULES } from '@query2label/engine';
import { z } from 'zod';

/** What the engine found; see its `Quantization`. */
export const quantizationSchema = z.object({
  model: z.string(),
  rule: z.enum(RANGE_RULES),
  ranges: z.record(z.string(), z.tuple([z.number(), z.number()])),
});

/** Finds how a model computes in 8 bits. */
export const calibrateJob = {
  kind: 'calibrate',
  input: z.object({ checkpointId: z.string(), datasetId: z.string(), split: z.string(), images: z.int() }),
  /** One for each rule; `images` were read. */
  output: z.object({ quantizations: z.array(quantizationSchema), images: z.int() }),
  progress: z.object({ done: z.int(), total: z.int() }),
};

export type CalibrateProgress = z.output<typeof calibrateJob.progress>;
