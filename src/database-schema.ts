import { type DatabaseSchema, mergeSchemas } from './database/index.js';

/** Every table of the platform: each feature exports its entities and migrations from its `<feature>.database.ts`. */
export const databaseSchema: DatabaseSchema = mergeSchemas();
