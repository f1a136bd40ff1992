import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { newIdentifier } from '../common/identifiers.js';

const HEADER = 'x-request-id';
const ACCEPTED = /^[\w.-]{1,64}$/;

const current = new AsyncLocalStorage<string>();

/** Id of the HTTP request that is being served, if any. */
export function currentRequestId(): string | undefined {
  return current.getStore();
}

/**
 * Gives each request an id, kept from the `x-request-id` header where a proxy set one, and answers it in that header.
 */
export function requestIds(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const received = request.headers[HEADER];
  const id = typeof received === 'string' && ACCEPTED.test(received) ? received : newIdentifier();
  response.setHeader(HEADER, id);
  current.run(id, next);
}
