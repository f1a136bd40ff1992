import { faultsOf } from '@query2label/sdk';
import type { z } from 'zod';
import { InvalidInputError } from './errors/index.js';

/**
 * Validates what a person or a client wrote, and fills in defaults.
 * @param what begins the message: `recipe`
 * @param prefix put before the path of each fault: `recipe`
 * @throws InvalidInputError with each place, what was received there, what is expected, and the closest valid name
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
  prefix = '',
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = faultsOf(schema, result.error, value).map(({ path, message }) => ({
    path: [prefix, path].filter((part) => part !== '').join('.'),
    message,
  }));
  const list = fields.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
  throw new InvalidInputError(`${what} is not valid: ${list}`, fields);
}
