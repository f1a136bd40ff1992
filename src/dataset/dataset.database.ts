import type { DatabaseSchema } from '../database/index.js';
import { Dataset, Image, ImageLabel, Label, Upload } from './entities/index.js';
import { AddStratification1000000001001 } from './migrations/1001-add-stratification.js';
import { CreateDataset1000000000001 } from './migrations/1000-create-dataset.js';

/** Tables of this feature. */
export const datasetSchema: DatabaseSchema = {
  entities: [Dataset, Label, Image, ImageLabel, Upload],
  migrations: [CreateDataset1000000000001, AddStratification1000000001001],
};
export const { entities, migrations } = datasetSchema;
