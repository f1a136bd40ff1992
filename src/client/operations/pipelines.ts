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

export const CREATE_PIPELINE = defineOperation(
  `mutation CreatePipeline($input: CreatePipelineInput!) {
    createPipeline(input: $input) { ... on Pipeline { ${PIPELINE_FIELDS} } ${REFUSAL_WITH_FIELDS_FRAGMENT} }
  }`,
  z.object({ createPipeline: outcomeOf(pipelineSchema) }),
);
