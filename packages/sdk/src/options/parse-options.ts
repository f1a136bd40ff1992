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
  for (const step of path) {
    if (!isObject(current)) return undefined;
    current =
      typeof step === 'number' ? current.items : isObject(current.properties) && current.properties[String(step)];
  }
  return isObject(current) ? current : undefined;
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
    const described = schemaAt(schema, issue.path);
    const validNames = isObject(described?.properties) ? Object.keys(described.properties) : [];
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
  const jsonSchema = optionsJsonSchema(schema);
  throw new OptionsError(
    where,
    result.error.issues.flatMap((issue) => faultsOfIssue(issue, jsonSchema, value)),
  );
}
