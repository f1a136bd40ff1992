import type { ServerResponse } from 'node:http';
import type { ApolloServerPlugin } from '@apollo/server';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { getDistDirectory, isSandboxFrame, renderAltair, SANDBOX_FRAME_CSP } from 'altair-static';

/** Where the explorer's own files are served; the page itself is at the GraphQL address. */
const ASSETS = '/explorer/';

const FIRST_QUERY = `# The platform in one query. Ctrl+Enter runs it; the documentation is on the right.
query Overview {
  engine { name version device threads }
  components(first: 50) { nodes { kind name description plugin { name version } } }
}
`;

/**
 * Shows the GraphQL explorer to browsers that open the GraphQL address. All of its files come from this server, so that
 * it works without a network. For development: in production there is none.
 */
export function explorerPlugin(): ApolloServerPlugin {
  const html = renderAltair({
    baseURL: ASSETS,
    endpointURL: '/graphql',
    subscriptionsEndpoint: '/graphql',
    initialSubscriptionRequestHandlerId: 'graphql-ws',
    initialHeaders: { 'x-apollo-operation-name': 'explorer' },
    initialQuery: FIRST_QUERY,
    initialSettings: { enableTablistScrollbar: true },
  });
  return {
    serverWillStart: () => Promise.resolve({ renderLandingPage: () => Promise.resolve({ html }) }),
  };
}

/** Serves the explorer's files. */
export function serveExplorerAssets(application: NestExpressApplication): void {
  application.useStaticAssets(getDistDirectory(), {
    prefix: ASSETS,
    index: false,
    immutable: false,
    setHeaders: (response: ServerResponse, path: string) => {
      if (isSandboxFrame(path)) response.setHeader('Content-Security-Policy', SANDBOX_FRAME_CSP);
    },
  });
}
