import type { DatabaseSchema } from '../database/index.js';
import { CreatePipeline1000000002000 } from './migrations/2000-create-pipeline.js';
import { Pipeline } from './pipeline.entity.js';

/** Tables of this feature. */
export const pipelineSchema: DatabaseSchema = { entities: [Pipeline], migrations: [CreatePipeline1000000002000] };
