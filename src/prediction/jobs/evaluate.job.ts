import { z } from 'zod';
import { quantizationSchema } from './calibrate.job.js';
import { thresholdRuleSchema } from '../thresholds/choose-thresholds.js';

const metricReferenceSchema = z.object({ name: z.string(), options: z.record(z.string(), z.unknown()) });

const measuredMetricSchema = z.object({
  /** Name of the protocol. */
  name: z.string(),
  options: z.record(z.string(), z.unknown()),
  value: z.number().nullable(),
  perLabel: z.array(z.number().nullable()).nullable(),
  figures: z.record(z.string(), z.number().nullable()),
});

const labelCountsSchema = z.object({
  truePositives: z.int(),
  falsePositives: z.int(),
  falseNegatives: z.int(),
  trueNegatives: z.int(),
  unknown: z.int(),
});

const chosenThresholdSchema = z.object({
  threshold: z.number().nullable(),
  precision: z.number().nullable(),
  recall: z.number().nullable(),
  f1: z.number().nullable(),
});

const curvePointSchema = z.object({ threshold: z.number(), precision: z.number(), recall: z.number() });

/** A model over a whole split. */
export const evaluateJob = {
  kind: 'evaluate',
  input: z.object({
    checkpointId: z.string(),
    datasetId: z.string(),
    split: z.string(),
    metrics: z.array(metricReferenceSchema),
    /** One per label, for the counts. */
    thresholds: z.array(z.number()),
    /** How to choose thresholds on the split; left out: none are. */
    choose: thresholdRuleSchema.optional(),
    /** Greatest number of points of each precision-recall curve; left out: no curves. */
    curvePoints: z.int().optional(),
    onUnreadable: z.enum(['fail', 'skip']),
    /** Numbers to compute in; left out: those that the checkpoint is to predict in. */
    as: z.union([z.literal('float32'), quantizationSchema]).optional(),
  }),
  output: z.object({
    labels: z.array(z.string()),
    images: z.int(),
    /** Files that could not be read, by path. */
    skipped: z.array(z.string()),
    metrics: z.array(measuredMetricSchema),
    counts: z.array(labelCountsSchema),
    /** Per label, where thresholds were to be chosen. */
    chosen: z.array(chosenThresholdSchema).optional(),
    /** Per label, where curves were asked for. */
    curves: z.array(z.array(curvePointSchema)).optional(),
    /** What whoever asked has to know of the model. */
    notice: z.string().nullable(),
    milliseconds: z.number(),
  }),
  progress: z.object({ done: z.int(), total: z.int() }),
};

export type EvaluateInput = z.input<typeof evaluateJob.input>;
export type EvaluateOutput = z.output<typeof evaluateJob.output>;
export type EvaluateProgress = z.output<typeof evaluateJob.progress>;
