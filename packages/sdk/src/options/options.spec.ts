import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { optionsJsonSchema, OptionsError, parseOptions } from './index.js';
import type { OptionFault } from './index.js';

const schema = z.strictObject({
  depth: z.int().min(1).max(9).default(3).describe('Layers'),
  rate: z.number().min(0).lt(1).default(0.1).describe('Dropout rate'),
  activation: z.enum(['relu', 'gelu']).default('relu').describe('Activation'),
  projection: z
    .union([z.literal('auto'), z.boolean()])
    .default('auto')
    .describe('Projection'),
  mean: z.array(z.number()).length(3).optional().describe('Mean of each colour'),
  file: z.string().describe('Name of a file'),
});

function faultsOf(value: unknown): readonly OptionFault[] {
  try {
    parseOptions(schema, value, 'backbone "sample"');
  } catch (error) {
    if (error instanceof OptionsError) return error.faults;
    throw error;
  }
  return [];
}

describe('parseOptions', () => {
  it('fills in defaults', () => {
    expect(parseOptions(schema, { file: 'a' }, 'backbone "sample"')).toEqual({
      depth: 3,
      rate: 0.1,
      activation: 'relu',
      projection: 'auto',
      file: 'a',
    });
  });

  it.each([
    [{ depth: 12 }, 'depth', 'received 12, expected a whole number from 1 to 9'],
    [{ depth: 2.5 }, 'depth', 'received 2.5, expected a whole number from 1 to 9'],
    [{ depth: Number.NaN }, 'depth', 'received NaN, expected a whole number from 1 to 9'],
    [{ rate: 1 }, 'rate', 'received 1, expected a number at least 0 and below 1'],
    [{ activation: 'rely' }, 'activation', 'received "rely", expected "relu" or "gelu"'],
    [{ projection: 3 }, 'projection', 'received 3, expected "auto", or true or false'],
    [{ mean: [1, 2] }, 'mean', 'received [1,2], expected a list of a number, 3 of them'],
    [{ mean: [1, 2, 'x'] }, 'mean.2', 'received "x", expected a number'],
    [{ file: undefined }, 'file', 'received nothing, expected text'],
  ])('tells what is wrong with %j', (fault, path, message) => {
    expect(faultsOf({ file: 'a', ...fault })).toEqual([{ path, message }]);
  });

  it('suggests the closest valid name for an unknown option', () => {
    expect(faultsOf({ file: 'a', dept: 3 })).toEqual([
      {
        path: 'dept',
        message:
          'unknown option, did you mean "depth"? (valid options: depth, rate, activation, projection, mean, file)',
      },
    ]);
  });

  it('reports every fault at once and names the component', () => {
    const parse = (): unknown => parseOptions(schema, { depth: 0, colour: 'red' }, 'backbone "sample"');
    expect(parse).toThrow(/options of backbone "sample" are not valid: depth: .*file: .*colour: unknown option/);
  });

  it('refuses what is not an object', () => {
    expect(faultsOf('depth=3')).toEqual([{ path: '', message: 'received "depth=3", expected an object' }]);
  });
});

describe('optionsJsonSchema', () => {
  it('carries type, range, default and description, and requires only what has no default', () => {
    const published = optionsJsonSchema(schema);
    expect(published).toMatchObject({
      required: ['file'],
      additionalProperties: false,
      properties: { depth: { type: 'integer', minimum: 1, maximum: 9, default: 3, description: 'Layers' } },
    });
  });
});
