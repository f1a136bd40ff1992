import { z } from 'zod';
import { defineOperation } from '../operation.js';
import { outcomeOf, REFUSAL_FRAGMENT, REFUSAL_WITH_FIELDS_FRAGMENT } from '../refusal.js';
import { PAGE_FIELDS, pageSchema } from './page.js';

const findings = z.object({
  count: z.number(),
  examples: z.array(z.object({ path: z.string(), split: z.string(), reason: z.string() })),
});

const reportSchema = z.object({
  meanLabelsPerImage: z.number().nullable(),
  splits: z.array(z.object({ name: z.string(), images: z.number(), labelsWithoutPositives: z.array(z.string()) })),
  missing: findings,
  unreadable: findings,
  listedTwice: findings,
  overlap: z.array(z.object({ splits: z.array(z.string()), count: z.number() })),
  warningCount: z.number(),
  warnings: z.array(z.string()),
});

const datasetSchema = z.object({
  id: z.string(),
  name: z.string(),
  importer: z.string(),
  status: z.enum(['IMPORTING', 'READY', 'FAILED']),
  problem: z.string().nullable(),
  imageCount: z.number(),
  createdAt: z.string(),
  labels: z.array(z.object({ name: z.string() })),
  splits: z.array(z.object({ name: z.string(), imageCount: z.number() })),
  report: reportSchema.nullable(),
  importProgress: z.object({ done: z.number(), total: z.number().nullable() }).nullable(),
});
export type DatasetDetails = z.infer<typeof datasetSchema>;

const DATASET_FIELDS = `
  id name importer status problem imageCount createdAt
  labels { name }
  splits { name imageCount }
  importProgress { done total }
  report {
    meanLabelsPerImage
    splits { name images labelsWithoutPositives }
    missing { count examples { path split reason } }
    unreadable { count examples { path split reason } }
    listedTwice { count examples { path split reason } }
    overlap { splits count }
    warningCount warnings
  }`;

/** Datasets, newest first. */
export const DATASETS = defineOperation(
  `query Datasets($first: Int, $after: String) {
    datasets(first: $first, after: $after) { nodes { ${DATASET_FIELDS} } ${PAGE_FIELDS} }
  }`,
  z.object({ datasets: pageSchema(datasetSchema) }),
);

export const DATASET = defineOperation(
  `query Dataset($id: ID!) { dataset(id: $id) { ${DATASET_FIELDS} } }`,
  z.object({ dataset: datasetSchema }),
);

const imageSchema = z.object({ id: z.string(), path: z.string(), labels: z.array(z.object({ name: z.string() })) });

/** Readable images of a split, in the order of the annotations. */
export const DATASET_IMAGES = defineOperation(
  `query DatasetImages($dataset: ID!, $split: String, $first: Int, $after: String) {
    images(dataset: $dataset, split: $split, first: $first, after: $after) {
      nodes { id path labels { name } }
      ${PAGE_FIELDS}
    }
  }`,
  z.object({ images: pageSchema(imageSchema) }),
);

export const IMPORT_DATASET = defineOperation(
  `mutation ImportDataset($input: ImportDatasetInput!) {
    importDataset(input: $input) { ... on Dataset { ${DATASET_FIELDS} } ${REFUSAL_WITH_FIELDS_FRAGMENT} }
  }`,
  z.object({ importDataset: outcomeOf(datasetSchema) }),
);

export const DELETE_DATASET = defineOperation(
  `mutation DeleteDataset($id: ID!) {
    deleteDataset(id: $id) { ... on DeletedDataset { id } ${REFUSAL_FRAGMENT} }
  }`,
  z.object({ deleteDataset: outcomeOf(z.object({ id: z.string() })) }),
);
