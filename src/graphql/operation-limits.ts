import { type DocumentNode, GraphQLError, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { measureOperation } from './operation-cost.js';

export interface OperationLimits {
  readonly graphqlDepth: number;
  readonly graphqlAliases: number;
  readonly graphqlCost: number;
}

/**
 * Every limit that an operation exceeds, each with what was found and what is allowed; empty if it may run.
 * The same for HTTP and WebSocket.
 */
export function exceededLimits(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  limits: OperationLimits,
): readonly GraphQLError[] {
  const { depth, aliases, fields } = measureOperation(schema, document, operation, variables);
  const checks = [
    { what: 'nests fields', found: depth, allowed: limits.graphqlDepth, unit: 'levels deep', code: 'TOO_DEEP' },
    { what: 'has', found: aliases, allowed: limits.graphqlAliases, unit: 'aliases', code: 'TOO_MANY_ALIASES' },
    { what: 'may answer', found: fields, allowed: limits.graphqlCost, unit: 'fields', code: 'TOO_COSTLY' },
  ];
  return checks
    .filter(({ found, allowed }) => found > allowed)
    .map(
      ({ what, found, allowed, unit, code }) =>
        new GraphQLError(`The operation ${what} ${found} ${unit}; at most ${allowed} are allowed.`, {
          nodes: operation,
          extensions: { code, found, allowed, http: { status: 400 } },
        }),
    );
}
