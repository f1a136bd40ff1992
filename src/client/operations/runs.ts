import { z } from 'zod';
import { defineOperation } from '../operation.js';
import { outcomeOf, REFUSAL_FRAGMENT, REFUSAL_WITH_FIELDS_FRAGMENT } from '../refusal.js';
import { PAGE_FIELDS, pageSchema } from './page.js';

export const RUN_STATUSES = ['QUEUED', 'RUNNING', 'PAUSED', 'INTERRUPTED', 'SUCCEEDED', 'FAILED', 'CANCELLED'] as const;

const runSchema = z.object({
  id: z.string(),
  pipelineId: z.string(),
  datasetId: z.string(),
  recipe: z.record(z.string(), z.unknown()),
  status: z.enum(RUN_STATUSES),
  problem: z.string().nullable(),
  epoch: z.number(),
  step: z.number(),
  totalSteps: z.number().nullable(),
  loss: z.number().nullable(),
  bestMetric: z.number().nullable(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
});
export type RunDetails = z.infer<typeof runSchema>;

const RUN_FIELDS = `
  id pipelineId datasetId recipe status problem epoch step totalSteps loss bestMetric createdAt startedAt finishedAt`;

/** Training runs, newest first. */
export const TRAINING_RUNS = defineOperation(
  `query TrainingRuns($first: Int, $after: String, $status: [TrainingRunStatus!]) {
    trainingRuns(first: $first, after: $after, status: $status) { nodes { ${RUN_FIELDS} } ${PAGE_FIELDS} }
  }`,
  z.object({ trainingRuns: pageSchema(runSchema) }),
);

export const TRAINING_RUN = defineOperation(
  `query TrainingRun($id: ID!) { trainingRun(id: $id) { ${RUN_FIELDS} } }`,
  z.object({ trainingRun: runSchema }),
);

export const START_TRAINING_RUN = defineOperation(
  `mutation StartTrainingRun($input: StartTrainingRunInput!) {
    startTrainingRun(input: $input) { ... on TrainingRun { ${RUN_FIELDS} } ${REFUSAL_WITH_FIELDS_FRAGMENT} }
  }`,
  z.object({ startTrainingRun: outcomeOf(runSchema) }),
);

const progressSchema = z.object({
  eventId: z.number(),
  epoch: z.number(),
  epochs: z.number(),
  step: z.number(),
  totalSteps: z.number(),
  loss: z.number(),
  learningRate: z.number(),
  imagesPerSecond: z.number(),
  featuresFromCache: z.number().nullable(),
  secondsLeft: z.number(),
  metric: z.number().nullable(),
});
export type RunProgress = z.infer<typeof progressSchema>;

const logLineSchema = z.object({ eventId: z.number(), level: z.string(), message: z.string(), at: z.string() });

/** What the worker of a run says, and changes of its state; ends with the run. */
export const TRAINING_RUN_LOG = defineOperation(
  `subscription TrainingRunLog($id: ID!, $after: Int) {
    trainingRunLog(id: $id, after: $after) { eventId level message at }
  }`,
  z.object({ trainingRunLog: logLineSchema }),
);

const changed = (field: string) => `${field}(id: $id) { ... on TrainingRun { ${RUN_FIELDS} } ${REFUSAL_FRAGMENT} }`;

export const PAUSE_TRAINING_RUN = defineOperation(
  `mutation PauseTrainingRun($id: ID!) { ${changed('pauseTrainingRun')} }`,
  z.object({ pauseTrainingRun: outcomeOf(runSchema) }),
);

export const RESUME_TRAINING_RUN = defineOperation(
  `mutation ResumeTrainingRun($id: ID!) { ${changed('resumeTrainingRun')} }`,
  z.object({ resumeTrainingRun: outcomeOf(runSchema) }),
);

export const CANCEL_TRAINING_RUN = defineOperation(
  `mutation CancelTrainingRun($id: ID!) { ${changed('cancelTrainingRun')} }`,
  z.object({ cancelTrainingRun: outcomeOf(runSchema) }),
);

/** How far a run is, about once a second; ends with the run. */
export const TRAINING_RUN_PROGRESS = defineOperation(
  `subscription TrainingRunProgress($id: ID!, $after: Int) {
    trainingRunProgress(id: $id, after: $after) {
      eventId epoch epochs step totalSteps loss learningRate imagesPerSecond featuresFromCache secondsLeft metric
    }
  }`,
  z.object({ trainingRunProgress: progressSchema }),
);
