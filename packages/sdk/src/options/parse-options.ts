import { distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import { expectationInWords } from './describe.js';
import { optionsJsonSchema } from './json-schema.js';
import type { JsonSchema } from './json-schema.js';
import { OptionsError } from './options.error.js';
import type { OptionFault } from './options.error.js';

/** The valid name that is nearest to a misspelt one, if any is near enough to be meant. */
export function closestName(name: string, validNames: readonly string[]): string | undefined {
  const ranked = validNames
    .map((valid) => ({ valid, edits: distance(name.toLowerCase(), valid.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best && best.edits <= Math.max(2, Math.floor(name.length / 3)) ? best.valid : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Follows a path into nested properties or items of a JSON Schema; undefined where it is not described. */
function schemaAt(schema: JsonSchema, path: readonly PropertyKey[]): JsonSchema | undefined {
  let current: unknown = schema;
  for (const step of path) current = innerSchema(current, step);
  return isObject(current) ? current : undefined;
}

function innerSchema(schema: unknown, step: PropertyKey): unknown {
  if (!isObject(schema)) return undefined;
  // What may be null as well, or one of several, is described by its first form that has this step.
  const forms = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(forms)) return forms.map((form) => innerSchema(form, step)).find((inner) => inner !== undefined);
  if (typeof step === 'number') return schema.items;
  return isObject(schema.properties) ? schema.properties[String(step)] : undefined;
}

function namesIn(schema: JsonSchema | undefined): readonly string[] {
  if (isObject(schema?.properties)) return Object.keys(schema.properties);
  const forms = schema?.anyOf ?? schema?.oneOf;
  return Array.isArray(forms) ? forms.flatMap((form) => (isObject(form) ? namesIn(form) : [])) : [];
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, step) => (isObject(inner) ? Reflect.get(inner, step) : undefined), value);
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function faultsOfIssue(issue: z.core.$ZodIssue, schema: JsonSchema, value: unknown): OptionFault[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const validNames = namesIn(schemaAt(schema, issue.path));
    return issue.keys.map((key) => {
      const closest = closestName(key, validNames);
      const valid = validNames.length === 0 ? 'there are no options' : `valid options: ${validNames.join(', ')}`;
      return {
        path: [...path, key].join('.'),
        message: `unknown option${closest === undefined ? '' : `, did you mean "${closest}"?`} (${valid})`,
      };
    });
  }
  const described = schemaAt(schema, issue.path);
  const expected = issue.code === 'custom' || described === undefined ? issue.message : expectationInWords(described);
  return [{ path: path.join('.'), message: `received ${shown(valueAt(value, issue.path))}, expected ${expected}` }];
}

/** What validation found, in words: for each place what was received and what is expected there. */
export function faultsOf(schema: z.ZodType, error: z.ZodError, value: unknown): OptionFault[] {
  const described = optionsJsonSchema(schema);
  return error.issues.flatMap((issue) => faultsOfIssue(issue, described, value));
}

/**
 * Validates options against a component's schema and fills in defaults.
 * @param where names the component in messages: `backbone "resnet"`
 * @throws OptionsError with one fault per option: path, received value, expected range, closest valid name
 */
export function parseOptions<Schema extends z.ZodObject>(
  schema: Schema,
  value: unknown,
  where: string,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new OptionsError(where, faultsOf(schema, result.error, value));
}
