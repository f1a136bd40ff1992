import { CloseCode, createClient, type Client, type FormattedExecutionResult } from 'graphql-ws';
import WebSocket from 'ws';
import { z } from 'zod';
import { RequestRefusedError, ServerUnreachableError, UnexpectedAnswerError } from './client-errors.js';
import type { Operation, Variables } from './operation.js';

const RECONNECT_ATTEMPTS = 5;
/** How much of an answer of the wrong shape an error shows. */
const SHOWN_CHARACTERS = 600;

const answerSchema = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(
      z.object({
        message: z.string(),
        extensions: z.object({ code: z.string().optional(), help: z.string().optional() }).loose().optional(),
      }),
    )
    .optional(),
});

/** Speaks GraphQL to one server: queries and mutations over HTTP, subscriptions over a WebSocket. */
export class GraphqlClient {
  private readonly socket: Client;
  private readonly credentials: { readonly authorization?: string };

  /**
   * @param server address of the server, without a path: `http://localhost:3000`
   * @param token what the server knows its clients by, if it asks for one
   */
  constructor(
    readonly server: string,
    token?: string,
  ) {
    this.credentials = token === undefined ? {} : { authorization: `Bearer ${token}` };
    this.socket = createClient({
      url: new URL('/graphql', server).href.replace(/^http/, 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: this.credentials,
      lazy: true,
      retryAttempts: RECONNECT_ATTEMPTS,
      // A connection that broke; but a token that is refused now is refused again, and where nobody listens waiting is of no use.
      shouldRetry: (event) => isClosing(event) && !isForbidden(event),
    });
  }

  /**
   * Runs a query or a mutation.
   * @throws {ServerUnreachableError} if nothing answers
   * @throws {RequestRefusedError} if the server answers with GraphQL errors
   * @throws {UnexpectedAnswerError} if the answer is not of the operation's shape
   */
  async request<Result>(operation: Operation<Result>, variables: Variables): Promise<Result> {
    const response = await this.send('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ operationName: operation.name, query: operation.document, variables }),
    });
    const text = await response.text();
    return readAnswer(operation, parseJson(text, operation.name, response.status));
  }

  /**
   * Runs a query that may take long: over the WebSocket, where no time limit of HTTP ends the wait.
   * @throws as {@link request} does
   */
  async requestOverSocket<Result>(operation: Operation<Result>, variables: Variables): Promise<Result> {
    for await (const result of this.subscribe(operation, variables)) return result;
    throw new UnexpectedAnswerError(operation.name, 'the connection was closed without an answer');
  }

  /**
   * Follows a subscription; the connection is restored after a break.
   * @throws as {@link request} does
   */
  async *subscribe<Result>(operation: Operation<Result>, variables: Variables): AsyncGenerator<Result> {
    const answers = this.socket.iterate({ operationName: operation.name, query: operation.document, variables });
    try {
      for await (const answer of answers) yield readAnswer(operation, answer);
    } catch (error) {
      throw explainSocketError(this.server, error);
    }
  }

  /** Sends any HTTP request to the server, for the few things that are not GraphQL (uploads, pictures, health). */
  async send(path: string, request: RequestInit = {}): Promise<Response> {
    try {
      const headers = new Headers(request.headers);
      for (const [name, value] of Object.entries(this.credentials)) headers.set(name, value);
      return await fetch(new URL(path, this.server), { ...request, headers });
    } catch (error) {
      throw new ServerUnreachableError(this.server, error);
    }
  }

  /** Closes the WebSocket, if one was opened. */
  async close(): Promise<void> {
    await this.socket.dispose();
  }
}

function parseJson(text: string, operation: string, status: number): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    throw new UnexpectedAnswerError(operation, `HTTP ${status}, not JSON: ${text.slice(0, 120)}`);
  }
}

function readAnswer<Result>(operation: Operation<Result>, received: unknown): Result {
  const answer = answerSchema.safeParse(received);
  if (!answer.success) throw new UnexpectedAnswerError(operation.name, z.prettifyError(answer.error));
  const [first] = answer.data.errors ?? [];
  if (first)
    throw new RequestRefusedError(first.extensions?.code ?? 'GRAPHQL_ERROR', first.message, first.extensions?.help);
  const result = operation.result.safeParse(answer.data.data);
  if (!result.success) {
    const shown = JSON.stringify(answer.data.data)?.slice(0, SHOWN_CHARACTERS);
    throw new UnexpectedAnswerError(operation.name, `${z.prettifyError(result.error)}\nreceived ${shown}`);
  }
  return result.data;
}

function explainSocketError(server: string, error: unknown): unknown {
  if (error instanceof RequestRefusedError || error instanceof UnexpectedAnswerError) return error;
  if (isErrorList(error))
    return new RequestRefusedError('GRAPHQL_ERROR', error.map(({ message }) => message).join('; '));
  if (isForbidden(error))
    return new RequestRefusedError('UNAUTHORIZED', `${server} wants an access token, and received none that it knows.`);
  return new ServerUnreachableError(server, error);
}

function isClosing(event: unknown): event is { readonly code: unknown } {
  return typeof event === 'object' && event !== null && 'code' in event && 'reason' in event;
}

function isForbidden(event: unknown): boolean {
  return isClosing(event) && event.code === CloseCode.Forbidden;
}

function isErrorList(value: unknown): value is NonNullable<FormattedExecutionResult['errors']> {
  return Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null && 'message' in item);
}
