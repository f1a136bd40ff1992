import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import type { ServerResponse } from 'node:http';
import { Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import type { Logger } from 'pino';
import { newIdentifier } from '../common/identifiers.js';
import { DataLoaderRegistry, DateTime, type GraphqlContext } from '../common/graphql/index.js';
import { type Configuration, ConfigurationService } from '../config/index.js';
import { currentRequestId } from '../http/request-id.js';
import { LOGGER } from '../logging/index.js';
import { explorerPlugin } from './explorer.js';
import { GraphqlWebSocketServer } from './graphql-web-socket-server.js';
import { maskError } from './mask-error.js';
import { operationLimitsPlugin } from './operation-limits.plugin.js';

/** The GraphQL API over HTTP (Apollo) and WebSocket (graphql-ws), with the same limits on both. */
@Module({
  imports: [
    GraphQLModule.forRootAsync<ApolloDriverConfig>({
      driver: ApolloDriver,
      inject: [ConfigurationService, LOGGER],
      useFactory: ({ values }: ConfigurationService, logger: Logger) => apolloOptions(values, logger),
    }),
  ],
  providers: [GraphqlWebSocketServer],
})
export class GraphqlModule {}

function apolloOptions({ environment, limits }: Configuration, logger: Logger): ApolloDriverConfig {
  const production = environment === 'production';
  return {
    path: '/graphql',
    autoSchemaFile: true,
    sortSchema: true,
    buildSchemaOptions: { scalarsMap: [{ type: Date, scalar: DateTime }], dateScalarMode: 'isoDate' },
    introspection: !production,
    hideSchemaDetailsFromClientErrors: production,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    cache: 'bounded',
    parseOptions: { maxTokens: limits.graphqlTokens },
    // The page and its plugin are ours; Nest's own page loads its scripts from the internet.
    graphiql: false,
    autoTransformHttpErrors: false,
    plugins: [operationLimitsPlugin(limits), production ? ApolloServerPluginLandingPageDisabled() : explorerPlugin()],
    formatError: (formatted, error) => maskError(error, formatted, logger),
    context: ({ res }: { readonly res: ServerResponse }): GraphqlContext => ({
      loaders: new DataLoaderRegistry(),
      requestId: currentRequestId() ?? newIdentifier(),
      signal: signalOfLeaving(res),
    }),
  };
}

/** Aborted when the connection closes before the answer was sent. */
function signalOfLeaving(response: ServerResponse): AbortSignal {
  const leaving = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) leaving.abort(new Error('The client left before it had its answer.'));
  });
  return leaving.signal;
}
