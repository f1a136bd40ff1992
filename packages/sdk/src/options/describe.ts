import type { JsonSchema } from './json-schema.js';

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Limits in words: `from 1 to 9`, `at least 0`, `above 0 and at most 1`. */
function rangeInWords(schema: JsonSchema, unit: string): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const low = typeof minimum === 'number' && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const high = typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (low !== undefined && high !== undefined) return ` from ${low} to ${high}${unit}`;
  const limits = [
    ...(low === undefined ? [] : [`at least ${low}`]),
    ...(typeof exclusiveMinimum === 'number' ? [`above ${exclusiveMinimum}`] : []),
    ...(high === undefined ? [] : [`at most ${high}`]),
    ...(typeof exclusiveMaximum === 'number' ? [`below ${exclusiveMaximum}`] : []),
  ];
  return limits.length === 0 ? '' : ` ${limits.join(' and ')}${unit}`;
}

function itemsInWords(items: JsonSchema): string {
  return isSchema(items.properties)
    ? `objects with ${Object.keys(items.properties).join(', ')}`
    : expectationInWords(items);
}

function arrayInWords(schema: JsonSchema): string {
  const items = isSchema(schema.items) ? ` of ${itemsInWords(schema.items)}` : '';
  const { minItems, maxItems, prefixItems } = schema;
  if (Array.isArray(prefixItems)) {
    return `a list of ${prefixItems.length}: ${prefixItems.filter(isSchema).map(expectationInWords).join(', ')}`;
  }
  if (typeof minItems === 'number' && minItems === maxItems) return `a list${items}, ${minItems} of them`;
  const count = rangeInWords({ minimum: minItems, maximum: maxItems }, ' of them');
  return `a list${items}${count === '' ? '' : `,${count}`}`;
}

function textInWords({ minLength, maxLength }: JsonSchema): string {
  if (typeof maxLength !== 'number') return minLength === 1 ? 'text that is not empty' : 'text';
  return `text${rangeInWords({ minimum: minLength, maximum: maxLength }, ' characters')}`;
}

/** What a JSON Schema accepts, in words: `a whole number from 1 to 9`, `"a" or "b"`. */
export function expectationInWords(schema: JsonSchema): string {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(alternatives)) return alternatives.filter(isSchema).map(expectationInWords).join(', or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) {
    const values = schema.enum.map((value) => JSON.stringify(value));
    return values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} or ${values[values.length - 1]}`;
  }
  switch (schema.type) {
    case 'integer':
      return `a whole number${rangeInWords(schema, '')}`;
    case 'number':
      return `a number${rangeInWords(schema, '')}`;
    case 'boolean':
      return 'true or false';
    case 'string':
      return typeof schema.pattern === 'string' ? `text matching ${schema.pattern}` : textInWords(schema);
    case 'array':
      return arrayInWords(schema);
    case 'null':
      return 'null';
    case 'object':
      return 'an object';
    default:
      return 'another value';
  }
}
