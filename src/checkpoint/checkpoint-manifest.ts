import { z } from 'zod';
import { pipelineDefinitionSchema } from '../pipeline/pipeline-definition.js';

/** Version of the container that this platform writes. Readers know it and all earlier ones. */
export const CONTAINER_VERSION = 1;

const file = z.strictObject({ bytes: z.int().nonnegative(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });

const bestSchema = z.strictObject({ epoch: z.int().nonnegative(), value: z.number() }).nullable();

/** Where training stood: with the files, all that is needed to go on as if it had never stopped. */
export const trainingStateSchema = z.strictObject({
  /** Optimizer steps done since the start of the run. */
  step: z.int().nonnegative(),
  epoch: z.int().nonnegative(),
  /** Steps done within `epoch`. */
  stepInEpoch: z.int().nonnegative(),
  stepsPerEpoch: z.int().positive(),
  totalSteps: z.int().positive(),
  /** Seed of every random draw of the run: initial values, data order, augmentation, dropout. */
  seed: z.int(),
  /** Sum of the losses of the steps done within `epoch`, as float64. */
  epochLossSum: z.number(),
  /** Best evaluation so far of the raw and of the averaged parameters: early stopping counts from there. */
  best: z.strictObject({ raw: bestSchema, averaged: bestSchema }),
  /** The newest value of the averaged parameters (of the raw ones, if there are none). */
  newestValue: z.number().nullable(),
  skippedImages: z.int().nonnegative(),
});

export const metricRecordSchema = z.strictObject({
  epoch: z.int().nonnegative(),
  step: z.int().nonnegative(),
  /** `raw` or `averaged` parameters; `training` for figures of the training steps themselves. */
  weights: z.enum(['raw', 'averaged', 'training']),
  split: z.string(),
  /** Name of the protocol, or of the figure: `voc-all-point`, `loss`. */
  name: z.string(),
  value: z.number().nullable(),
  perLabel: z.array(z.number().nullable()).nullable(),
});

/** The `manifest.json` of a checkpoint: everything that is not a tensor. */
export const checkpointManifestSchema = z.strictObject({
  formatVersion: z.literal(CONTAINER_VERSION),
  id: z.string(),
  kind: z.enum(['LAST', 'BEST', 'IMPORTED']),
  createdAt: z.iso.datetime(),
  /** Every other file of the folder. */
  files: z.record(z.string(), file),
  runId: z.string().nullable(),
  pipelineId: z.string().nullable(),
  datasetId: z.string().nullable(),
  definition: pipelineDefinitionSchema,
  labels: z.array(z.string()).min(1),
  /** How pictures become the network's input; it never comes from anywhere else. */
  preprocessing: z.strictObject({
    height: z.int().positive(),
    width: z.int().positive(),
    resize: z.literal('squash-bilinear-antialiased'),
    normalization: z.strictObject({ mean: z.array(z.number()).length(3), std: z.array(z.number()).length(3) }),
  }),
  /** Which of the two sets of parameters predicts: decided when the checkpoint was written. */
  predicts: z.enum(['raw', 'averaged']),
  /** One decision threshold per label. */
  thresholds: z.array(z.number().min(0).max(1)),
  /** Protocol of the metric that chose the best checkpoint. */
  metricProtocol: z.string().nullable(),
  metrics: z.array(metricRecordSchema),
  training: trainingStateSchema.nullable(),
  /** The recipe of the run, as stored with it. */
  recipe: z.record(z.string(), z.unknown()).nullable(),
});

export type CheckpointManifest = z.output<typeof checkpointManifestSchema>;
export type TrainingState = z.output<typeof trainingStateSchema>;
export type MetricRecord = z.output<typeof metricRecordSchema>;
export type CheckpointKind = CheckpointManifest['kind'];
