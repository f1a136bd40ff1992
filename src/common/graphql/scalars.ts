import { GraphQLError, GraphQLScalarType, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';
import { isRecord } from '../guards.js';

/** A plain JSON object: options of a component, metric details. Lists and single values are refused at the top. */
export const JSONObject = new GraphQLScalarType<Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>>({
  name: 'JSONObject',
  description: 'A JSON object of any content, for example the options of a component.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259',
  serialize: plainObject,
  parseValue: plainObject,
  parseLiteral: (node, variables) => plainObject(valueFromASTUntyped(node, variables), node),
});

/** A moment, as a `Date` inside and as ISO 8601 text in UTC outside. */
export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'A moment as ISO 8601 text with its offset, for example 2024-05-01T12:00:00.000Z; answers are in UTC.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: (value) => {
    if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
    throw new GraphQLError(`DateTime: cannot show ${describe(value)}; expected a valid Date.`);
  },
  parseValue: parseMoment,
  parseLiteral: (node) => {
    if (node.kind === Kind.STRING) return parseMoment(node.value, node);
    throw new GraphQLError(`DateTime: received ${node.kind}; expected text such as "2024-05-01T12:00:00Z".`, {
      nodes: node,
    });
  },
});

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

function parseMoment(value: unknown, node?: ValueNode): Date {
  if (typeof value === 'string' && RFC_3339.test(value)) {
    const moment = new Date(value);
    if (!Number.isNaN(moment.getTime())) return moment;
  }
  throw new GraphQLError(
    `DateTime: received ${describe(value)}; expected ISO 8601 text with an offset, such as "2024-05-01T12:00:00Z".`,
    { nodes: node },
  );
}

function plainObject(value: unknown, node?: unknown): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  const nodes = isValueNode(node) ? node : undefined;
  throw new GraphQLError(`JSONObject: received ${describe(value)}; expected a JSON object.`, { nodes });
}

function isValueNode(node: unknown): node is ValueNode {
  return typeof node === 'object' && node !== null && 'kind' in node;
}

function describe(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
