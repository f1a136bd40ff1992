import { BlockList, isIP } from 'node:net';
import type { Request, RequestHandler } from 'express';
import { isSameText } from '../common/same-text.js';

/** What answers without a token: a load balancer has none, and figures have one of their own (`Q2L_METRICS_TOKEN`). */
const OPEN = /^\/(health|metrics)(\/|$)/;
const SCHEME = /^Bearer +(?<token>\S+)$/i;
const MESSAGE = 'This server wants an access token, and received none that it knows.';
const HELP = 'Send "Authorization: Bearer TOKEN" (q2l: --token or Q2L_TOKEN) with a token of Q2L_ACCESS_TOKENS.';

/**
 * Whether whoever sent this header may use the server.
 * @param tokens those that are valid; none of them lets everybody in
 */
export function isAllowed(tokens: readonly string[], authorization: string | undefined): boolean {
  if (tokens.length === 0) return true;
  const received = SCHEME.exec(authorization ?? '')?.groups?.token ?? '';
  return tokens.filter((token) => isSameText(token, received)).length > 0;
}

/**
 * Refuses requests without a valid token, before their bodies are read: 401, for GraphQL as a GraphQL error.
 * @param explorer whether the page of the explorer is shown to anyone; the queries that it sends need a token all the same
 */
export function requireAccessToken(tokens: readonly string[], explorer: boolean): RequestHandler {
  return (request, response, next) => {
    const isOpen = OPEN.test(request.path) || (explorer && isExplorerPage(request));
    if (isOpen || isAllowed(tokens, request.headers.authorization)) {
      next();
      return;
    }
    const refusal = { code: 'UNAUTHORIZED', message: MESSAGE, help: HELP };
    const { code, message, help } = refusal;
    response.setHeader('www-authenticate', 'Bearer');
    response
      .status(401)
      .json(request.path === '/graphql' ? { errors: [{ message, extensions: { code, help } }] } : refusal);
  };
}

/** A browser that opens the GraphQL address without a query. */
function isExplorerPage({ method, originalUrl, headers }: Request): boolean {
  return method === 'GET' && originalUrl === '/graphql' && headers.accept?.includes('text/html') === true;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** Whether only programs of this machine reach a server that listens on this address or host name. */
export function isLoopback(host: string): boolean {
  const version = isIP(host);
  return version === 0 ? host === 'localhost' : loopback.check(host, version === 6 ? 'ipv6' : 'ipv4');
}
