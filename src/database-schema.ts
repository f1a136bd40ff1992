import { checkpointSchema } from './checkpoint/checkpoint.database.js';
import { type DatabaseSchema, mergeSchemas } from './database/index.js';
import { datasetSchema } from './dataset/dataset.database.js';
import { pipelineSchema } from './pipeline/pipeline.database.js';
import { trainingSchema } from './training/training.database.js';

/** Every table of the platform: each feature exports its entities and migrations from its `<feature>.database.ts`. */
export const databaseSchema: DatabaseSchema = mergeSchemas(
  datasetSchema,
  pipelineSchema,
  trainingSchema,
  checkpointSchema,
);
