import { z } from 'zod';
import { defineOperation } from '../operation.js';
import { outcomeOf, REFUSAL_FRAGMENT, REFUSAL_WITH_FIELDS_FRAGMENT } from '../refusal.js';
import { PAGE_FIELDS, pageSchema } from './page.js';

const metricSchema = z.object({ name: z.string(), value: z.number().nullable() });

const checkpointSchema = z.object({
  id: z.string(),
  runId: z.string().nullable(),
  kind: z.enum(['LAST', 'BEST', 'IMPORTED']),
  status: z.enum(['READY', 'MISSING', 'DELETING']),
  epoch: z.number(),
  step: z.number(),
  labels: z.array(z.string()),
  predicts: z.string(),
  metrics: z.array(metricSchema),
  precision: z.enum(['FLOAT32', 'INT8']).nullable(),
  bytes: z.number(),
  createdAt: z.string(),
  aliases: z.array(z.string()),
});
export type CheckpointDetails = z.infer<typeof checkpointSchema>;

const CHECKPOINT_FIELDS =
  'id runId kind status epoch step labels predicts metrics { name value } precision bytes createdAt aliases';

/** Checkpoints, newest first. */
export const CHECKPOINTS = defineOperation(
  `query Checkpoints($first: Int, $after: String, $runId: ID) {
    checkpoints(first: $first, after: $after, runId: $runId) { nodes { ${CHECKPOINT_FIELDS} } ${PAGE_FIELDS} }
  }`,
  z.object({ checkpoints: pageSchema(checkpointSchema) }),
);

export const PROMOTE_CHECKPOINT = defineOperation(
  `mutation PromoteCheckpoint($input: PromoteCheckpointInput!) {
    promoteCheckpoint(input: $input) { ... on CheckpointAlias { name checkpointId } ${REFUSAL_WITH_FIELDS_FRAGMENT} }
  }`,
  z.object({ promoteCheckpoint: outcomeOf(z.object({ name: z.string(), checkpointId: z.string() })) }),
);

export const DELETE_CHECKPOINT = defineOperation(
  `mutation DeleteCheckpoint($id: ID!) {
    deleteCheckpoint(id: $id) { ... on DeletedCheckpoint { id } ${REFUSAL_FRAGMENT} }
  }`,
  z.object({ deleteCheckpoint: outcomeOf(z.object({ id: z.string() })) }),
);

const reportSchema = z.object({
  at: z.string(),
  checked: z.number(),
  verified: z.boolean(),
  missing: z.array(z.string()),
  returned: z.array(z.string()),
  damaged: z.array(z.object({ checkpoint: z.string(), file: z.string(), fault: z.string() })),
  quarantined: z.array(z.object({ name: z.string(), place: z.string() })),
  removed: z.array(z.string()),
  finishedDeletions: z.array(z.string()),
  waiting: z.array(z.string()),
  problems: z.array(z.string()),
});
export type ReconciliationDetails = z.infer<typeof reportSchema>;

export const RECONCILE_CHECKPOINTS = defineOperation(
  `mutation ReconcileCheckpoints($verify: Boolean!) {
    reconcileCheckpoints(verify: $verify) {
      at checked verified missing returned damaged { checkpoint file fault } quarantined { name place } removed
      finishedDeletions waiting problems
    }
  }`,
  z.object({ reconcileCheckpoints: reportSchema }),
);

const shapeSchema = z.array(z.number());
const importReportSchema = z.object({
  file: z.string(),
  format: z.string(),
  entry: z.string(),
  prefix: z.string(),
  matched: z.array(z.string()),
  missing: z.array(z.string()),
  unexpected: z.array(z.string()),
  ignored: z.array(z.object({ name: z.string(), reason: z.string() })),
  resized: z.array(z.object({ name: z.string(), from: shapeSchema, to: shapeSchema })),
  notes: z.array(z.string()),
});
export type ImportReport = z.infer<typeof importReportSchema>;

export const IMPORT_CHECKPOINT = defineOperation(
  `mutation ImportCheckpoint($input: ImportCheckpointInput!) {
    importCheckpoint(input: $input) {
      ... on ImportedCheckpoint {
        checkpoint { ${CHECKPOINT_FIELDS} }
        report { file format entry prefix matched missing unexpected ignored { name reason } resized { name from to } notes }
      }
      ${REFUSAL_WITH_FIELDS_FRAGMENT}
    }
  }`,
  z.object({
    importCheckpoint: outcomeOf(z.object({ checkpoint: checkpointSchema, report: importReportSchema })),
  }),
);
