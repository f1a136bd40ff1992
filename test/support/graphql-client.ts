import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

export interface GraphqlAnswer<Data> {
  readonly status: number;
  readonly headers: Headers;
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions?: Readonly<Record<string, unknown>>;
  }[];
}

type Variables = Readonly<Record<string, unknown>>;

/** Speaks GraphQL to a server over HTTP and WebSocket, as any client would. */
export class GraphqlClient {
  private socket: Client | undefined;

  /** @param url of the server, without a path */
  constructor(readonly url: string) {}

  /** Sends one operation and returns all of the answer. */
  async send<Data = Readonly<Record<string, unknown>>>(
    query: string,
    variables: Variables = {},
  ): Promise<GraphqlAnswer<Data>> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const body = (await response.json()) as Pick<GraphqlAnswer<Data>, 'data' | 'errors'>;
    return { ...body, status: response.status, headers: response.headers };
  }

  /**
   * Sends one operation and returns its data.
   * @throws with the server's messages if there are errors
   */
  async data<Data = Readonly<Record<string, unknown>>>(query: string, variables: Variables = {}): Promise<Data> {
    const { data, errors } = await this.send<Data>(query, variables);
    if (errors !== undefined || data === undefined || data === null) {
      throw new Error(`GraphQL answered errors: ${JSON.stringify(errors, null, 2)}`);
    }
    return data;
  }

  /** Results of a subscription as they come; ends with it. */
  subscribe<Data = Readonly<Record<string, unknown>>>(
    query: string,
    variables: Variables = {},
  ): AsyncIterableIterator<{ readonly data?: Data | null; readonly errors?: readonly unknown[] }> {
    this.socket ??= createClient({ url: `${this.url.replace(/^http/, 'ws')}/graphql`, webSocketImpl: WebSocket });
    return this.socket.iterate<Data>({ query, variables });
  }

  async close(): Promise<void> {
    await this.socket?.dispose();
  }
}
