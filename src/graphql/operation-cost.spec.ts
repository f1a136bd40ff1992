import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import {
  buildSchema,
  getNamedType,
  getNullableType,
  getOperationAST,
  isListType,
  isObjectType,
  parse,
  validate,
} from 'graphql';
import { configurationSchema } from '../config/configuration.js';
import { exceededLimits } from './operation-limits.js';

const schema = buildSchema(await readFile('schema.gql', 'utf8'));
const { limits } = configurationSchema.parse({
  environment: undefined,
  ...Object.fromEntries(
    ['http', 'logging', 'database', 'data', 'plugins', 'engine', 'training', 'prediction', 'metrics', 'limits'].map(
      (group) => [group, {}],
    ),
  ),
});

function refusals(query: string, variables: Readonly<Record<string, unknown>> = {}): unknown[] {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('no operation');
  return exceededLimits(schema, document, operation, variables, limits).map(({ extensions }) => extensions.code);
}

const LISTS = Object.entries(schema.getQueryType()?.getFields() ?? {}).flatMap(([name, { type, args }]) => {
  const connection = getNamedType(type);
  if (!isObjectType(connection) || !connection.name.endsWith('Connection')) return [];
  const node = getNamedType(connection.getFields().nodes.type).name;
  const required = args
    .filter(({ type: argument }) => String(argument).endsWith('!'))
    .map(({ name: argument }) => argument);
  return [[name, node, required.map((argument) => `, ${argument}: "x"`).join('')] as const];
});
const PAGED = new Set(LISTS.map(([, node]) => node));

/** Every field below a type, as deep as its own objects go; never up again, and never into a list of what has pages of its own. */
function everything(typeName: string, above: readonly string[] = []): string {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) return '__typename';
  const fields = Object.values(type.getFields()).flatMap(({ name, type: fieldType, args }) => {
    if (args.length > 0) return [];
    const inner = getNamedType(fieldType);
    if (!isObjectType(inner)) return 'getTypes' in inner ? [] : [name];
    if (isListType(getNullableType(fieldType)) && PAGED.has(inner.name)) return [];
    return [...above, typeName].includes(inner.name) ? [] : [`${name} ${everything(inner.name, [...above, typeName])}`];
  });
  return `{ ${fields.join(' ')} }`;
}

describe('the limits on operations', () => {
  it('know the lists', () =>
    expect(LISTS.map(([name]) => name)).toEqual(expect.arrayContaining(['datasets', 'images'])));

  it.each(LISTS)('let a full page of %s pass with everything about its items', (name, node, required) => {
    expect(refusals(`{ ${name}(first: 100${required}) { totalCount nodes ${everything(node)} } }`)).toEqual([]);
  });

  it('count a list once for each item of the list around it, by literal, variable or default', () => {
    const pages = (outer: string, inner: string) =>
      `query ($size: Int) { plugins(first: ${outer}) { nodes { components { name plugin { name } } } } again: plugins(first: ${inner}) { nodes { name } } s: plugins(first: $size) { nodes { name } } }`;
    expect(refusals(pages('100', '100'), { size: 100 })).toEqual([]);
    expect(refusals(pages('100', '100'), { size: 1e6 })).toEqual(['TOO_COSTLY']);
  });

  it('refuse pages of pages and fragments that multiply', () => {
    const part = (level: number): string =>
      level === 0 ? 'name' : `dataset { labels { name } splits { name } } ...Part${level - 1}`;
    const fragments = Array.from(
      { length: 4 },
      (_, level) => `fragment Part${level} on Image { id ${level === 0 ? '' : part(level)} labels { name index } }`,
    );
    const query = `{ ${Array.from({ length: 14 }, (_, index) => `a${index}: images(dataset: "x", first: 100) { nodes { ...Part3 } edges { node { ...Part3 } } }`).join(' ')} } ${fragments.join(' ')}`;
    expect(refusals(query)).toEqual(['TOO_COSTLY']);
  });
});
