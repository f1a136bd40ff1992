import {
  type DocumentNode,
  type ExecutionArgs,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import type { Context, ServerOptions, SubscribePayload } from 'graphql-ws';
import type { Extra } from 'graphql-ws/use/ws';
import type { Logger } from 'pino';
import { DataLoaderRegistry, type GraphqlContext } from '../common/graphql/index.js';
import { newIdentifier } from '../common/identifiers.js';
import { maskError } from './mask-error.js';
import { exceededLimits, type OperationLimits } from './operation-limits.js';

export interface SubscriptionServerSettings {
  readonly schema: GraphQLSchema;
  readonly limits: OperationLimits & { readonly graphqlTokens: number; readonly subscriptionsPerConnection: number };
  readonly introspection: boolean;
  /** Whether whoever sends this as `authorization` may connect. */
  readonly mayConnect: (authorization: string | undefined) => boolean;
  readonly logger: Logger;
}

type Options = ServerOptions<Record<string, unknown>, Extra>;

/** How operations over a WebSocket are checked, run and shown: the same rules as over HTTP. */
export function subscriptionServerOptions(settings: SubscriptionServerSettings): Options {
  const show = (error: GraphQLError) => maskError(error, error.toJSON(), settings.logger);
  const connections = new WeakMap<object, AbortController>();
  const leavingOf = ({ socket }: Extra): AbortController => {
    const leaving = connections.get(socket) ?? new AbortController();
    connections.set(socket, leaving);
    return leaving;
  };
  return {
    schema: settings.schema,
    onConnect: ({ connectionParams, extra }) => {
      const { authorization } = connectionParams ?? {};
      return settings.mayConnect(
        typeof authorization === 'string' ? authorization : extra.request.headers.authorization,
      );
    },
    onSubscribe: (context: Context<Record<string, unknown>, Extra>, _id, payload) => {
      const open = Object.keys(context.subscriptions).length;
      return open > settings.limits.subscriptionsPerConnection
        ? [tooManySubscriptions(settings.limits.subscriptionsPerConnection)]
        : prepare(payload, settings, leavingOf(context.extra).signal);
    },
    onClose: ({ extra }) => leavingOf(extra).abort(new Error('The client left before it had its answer.')),
    onError: (_context, _id, _payload, errors) => errors.map(asGraphqlError).map(show),
    onNext: (_context, _id, _payload, _args, result) =>
      result.errors === undefined ? undefined : { ...result, errors: result.errors.map(asGraphqlError).map(show) },
  };
}

/** Parses, validates and measures an operation. @param signal aborted when the connection closes */
function prepare(
  payload: SubscribePayload,
  settings: SubscriptionServerSettings,
  signal: AbortSignal,
): ExecutionArgs | GraphQLError[] {
  const { schema, limits, introspection } = settings;
  const document = parseOrError(payload.query, limits.graphqlTokens);
  if (document instanceof GraphQLError) return [document];
  const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const invalid = validate(schema, document, rules);
  if (invalid.length > 0) return [...invalid];
  const operation = getOperationAST(document, payload.operationName);
  if (!operation) return [new GraphQLError('The document holds several operations; operationName must name one.')];
  const exceeded = exceededLimits(schema, document, operation, payload.variables ?? {}, limits);
  if (exceeded.length > 0) return [...exceeded];
  // Each event of a subscription sees the present state: nothing is kept from one to the next.
  const contextValue: GraphqlContext = {
    loaders: new DataLoaderRegistry({ cache: false }),
    requestId: newIdentifier(),
    signal,
  };
  return {
    schema,
    document,
    operationName: payload.operationName,
    variableValues: payload.variables,
    contextValue,
  };
}

function parseOrError(query: string, maxTokens: number): DocumentNode | GraphQLError {
  try {
    return parse(query, { maxTokens });
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

function tooManySubscriptions(allowed: number): GraphQLError {
  return new GraphQLError(`This connection has ${allowed} open subscriptions, as many as are allowed; end one first.`, {
    extensions: { code: 'TOO_MANY_SUBSCRIPTIONS', allowed },
  });
}

function asGraphqlError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const origin = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(origin.message, { originalError: origin });
}
