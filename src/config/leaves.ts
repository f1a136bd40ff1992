import { z } from 'zod';
import { configurationSchema } from './configuration.js';
import { type KeyDescription, keyDescriptions } from './key.js';

/** One key of the configuration, flattened. */
export interface Leaf extends KeyDescription {
  /** `http.port` */
  readonly name: string;
  readonly schema: z.ZodType;
  readonly description: string;
}

/** All keys in the order of the schema. */
export const LEAVES: readonly Leaf[] = leavesOf(configurationSchema, '');

function leavesOf(schema: z.ZodType, name: string): readonly Leaf[] {
  const description = keyDescriptions.get(schema);
  if (description !== undefined) return [{ name, schema, description: schema.description ?? '', ...description }];
  if (!(schema instanceof z.ZodObject)) throw new Error(`Configuration key ${name} has no description.`);
  return Object.entries<unknown>(schema.shape).flatMap(([property, child]) => {
    const path = name === '' ? property : `${name}.${property}`;
    if (!(child instanceof z.ZodType)) throw new Error(`Configuration key ${path} has no type.`);
    return leavesOf(child, path);
  });
}
