import type { DatabaseSchema } from '../database/index.js';
import { CheckpointAlias } from './checkpoint-alias.entity.js';
import { Checkpoint } from './checkpoint.entity.js';
import { CreateCheckpoint1000000004000 } from './migrations/4000-create-checkpoint.js';
import { AddQuantization1000000004001 } from './migrations/4001-add-quantization.js';

/** Tables of this feature. */
export const checkpointSchema: DatabaseSchema = {
  entities: [Checkpoint, CheckpointAlias],
  migrations: [CreateCheckpoint1000000004000, AddQuantization1000000004001],
};
