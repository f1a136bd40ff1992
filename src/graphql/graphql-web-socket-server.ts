import { type IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { useServer } from 'graphql-ws/use/ws';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import { ConfigurationService } from '../config/index.js';
import { isAllowed } from '../http/access-tokens.js';
import { LOGGER } from '../logging/index.js';
import { subscriptionServerOptions } from './subscription-server-options.js';

const PATH = '/graphql';
/** A subscription's document and variables; images are never sent over a WebSocket. */
const MAXIMUM_MESSAGE_BYTES = 256 * 1024;
/** How long a client has to introduce itself, in milliseconds. */
const INTRODUCTION_TIMEOUT = 5000;
const KEEP_ALIVE = 12_000;

/** Subscriptions by the `graphql-transport-ws` protocol at the GraphQL address. */
@Injectable()
export class GraphqlWebSocketServer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: MAXIMUM_MESSAGE_BYTES });
  private stop: (() => void | Promise<void>) | undefined;

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly schemaHost: GraphQLSchemaHost,
    private readonly configuration: ConfigurationService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const server: unknown = this.adapterHost.httpAdapter?.getHttpServer();
    if (!(server instanceof Server)) return;
    const { limits, environment, http } = this.configuration.values;
    const options = subscriptionServerOptions({
      schema: this.schemaHost.schema,
      limits,
      introspection: environment !== 'production',
      mayConnect: (authorization) => isAllowed(http.accessTokens, authorization),
      logger: this.logger,
    });
    const timeout = { connectionInitWaitTimeout: INTRODUCTION_TIMEOUT };
    const disposable = useServer({ ...options, ...timeout }, this.sockets, KEEP_ALIVE);
    this.stop = () => disposable.dispose();
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.upgrade(request, socket, head),
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stop?.();
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { webSocketConnections } = this.configuration.values.limits;
    if (new URL(request.url ?? '/', 'http://host').pathname !== PATH) refuse(socket, 404, 'Not Found');
    else if (!isSameOrigin(request)) refuse(socket, 403, 'Forbidden');
    else if (this.sockets.clients.size >= webSocketConnections) refuse(socket, 503, 'Service Unavailable');
    else
      this.sockets.handleUpgrade(request, socket, head, (client) => this.sockets.emit('connection', client, request));
  }
}

/** A page of another site must not speak to this server in its visitor's name; programs send no origin. */
function isSameOrigin({ headers: { origin, host } }: IncomingMessage): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

function refuse(socket: Duplex, status: number, reason: string): void {
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
