import { z } from 'zod';
import { defineOperation } from '../operation.js';
import { outcomeOf, REFUSAL_WITH_FIELDS_FRAGMENT } from '../refusal.js';
import { PAGE_FIELDS, pageSchema } from './page.js';

const pipelineSchema = z.object({
  id: z.string(),
  name: z.string(),
  version: z.number(),
  definition: z.record(z.string(), z.unknown()),
  createdAt: z.string(),
});
export type PipelineDetails = z.infer<typeof pipelineSchema>;

const PIPELINE_FIELDS = 'id name version definition createdAt';

/** Stored pipelines, newest first; `name` keeps to the versions of one. */
export const PIPELINES = defineOperation(
  `query Pipelines($first: Int, $after: String, $name: String) {
    pipelines(first: $first, after: $after, name: $name) { nodes { ${PIPELINE_FIELDS} } ${PAGE_FIELDS} }
  }`,
  z.object({ pipelines: pageSchema(pipelineSchema) }),
);

const publishedSchema = z.object({ meanAveragePrecision: z.number(), protocol: z.string(), source: z.string() });
const costSchema = z.object({
  parameters: z.number(),
  predictionOperations: z.number(),
  trainingOperations: z.number(),
  predictionBytes: z.number(),
  trainingBytes: z.number(),
});
const estimateSchema = z.object({
  secondsPerStep: z.number(),
  secondsPerImage: z.number(),
  measuredPreset: z.string(),
  measuredBatchSize: z.number(),
  measuredSeconds: z.number(),
});
const presetSchema = z.object({
  name: z.string(),
  description: z.string(),
  labelCount: z.number(),
  definition: z.record(z.string(), z.unknown()),
  recipe: z.record(z.string(), z.unknown()),
  published: publishedSchema.nullable(),
  cost: costSchema,
  estimate: estimateSchema.optional(),
});
export type PresetDetails = z.infer<typeof presetSchema>;

/** Presets with their costs for a batch, and with the time on the server's machine if `measure` asks for it. */
export const PIPELINE_PRESETS = defineOperation(
  `query PipelinePresets($name: String, $batchSize: Int!, $measure: Boolean!) {
    pipelinePresets(name: $name) {
      name description labelCount definition recipe
      published { meanAveragePrecision protocol source }
      cost(batchSize: $batchSize) {
        parameters predictionOperations trainingOperations predictionBytes trainingBytes
      }
      estimate(batchSize: $batchSize) @include(if: $measure) {
        secondsPerStep secondsPerImage measuredPreset measuredBatchSize measuredSeconds
      }
    }
  }`,
  z.object({ pipelinePresets: z.array(presetSchema) }),
);

export const CREATE_PIPELINE = defineOperation(
  `mutation CreatePipeline($input: CreatePipelineInput!) {
    createPipeline(input: $input) { ... on Pipeline { ${PIPELINE_FIELDS} } ${REFUSAL_WITH_FIELDS_FRAGMENT} }
  }`,
  z.object({ createPipeline: outcomeOf(pipelineSchema) }),
);
