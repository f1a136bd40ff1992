import { z } from 'zod';

/** How the text of an environment variable becomes a value. */
export type TextForm = 'text' | 'number' | 'list' | 'pairs';

export interface KeyDescription {
  /** Name of the environment variable. */
  readonly environment: string;
  readonly form: TextForm;
  /** A file or folder: relative ones are resolved against the working folder, or against the folder of the configuration file. */
  readonly path?: boolean;
  /** Never shown. */
  readonly secret?: boolean;
}

/** What is known of each key beside its type. */
export const keyDescriptions = z.registry<KeyDescription>();

/** A key of the configuration: its type with default and description, and the environment variable that sets it. */
export function key<Schema extends z.ZodType>(
  environment: string,
  form: TextForm,
  schema: Schema,
  options: Pick<KeyDescription, 'path' | 'secret'> = {},
): Schema {
  keyDescriptions.add(schema, { environment, form, ...options });
  return schema;
}

export const MEGABYTE = 1024 * 1024;

export const wholeNumber = (minimum: number, maximum: number) => z.int().min(minimum).max(maximum);
