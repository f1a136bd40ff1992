import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import * as checkpoints from './operations/checkpoints.js';
import * as datasets from './operations/datasets.js';
import * as evaluations from './operations/evaluations.js';
import * as pipelines from './operations/pipelines.js';
import * as plugins from './operations/plugins.js';
import * as predictions from './operations/predictions.js';
import * as quantization from './operations/quantization.js';
import * as runMetrics from './operations/run-metrics.js';
import * as runs from './operations/runs.js';

const schema = buildSchema(await readFile('schema.gql', 'utf8'));

const operations = [checkpoints, datasets, evaluations, pipelines, plugins, predictions, quantization, runMetrics, runs]
  .flatMap((file): unknown[] => Object.values(file))
  .filter((value): value is { name: string; document: string } => {
    return typeof value === 'object' && value !== null && 'document' in value && 'name' in value;
  });

describe('the operations of the client', () => {
  it('are found', () => expect(operations.length).toBeGreaterThan(10));

  it.each(operations.map(({ name, document }) => [name, document]))('%s is valid for schema.gql', (_name, document) => {
    expect(validate(schema, parse(document)).map(({ message }) => message)).toEqual([]);
  });
});
