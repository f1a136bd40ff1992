import type { IncomingMessage } from 'node:http';

/** How long a refused client may go on sending, in milliseconds. */
const PATIENCE = 5000;

/**
 * Throws away what the client is still sending, so that it gets to read the refusal; one that goes on for too long is
 * cut off.
 */
export function discardRest(request: IncomingMessage): void {
  if (request.complete) return;
  const cut = setTimeout(() => request.destroy(), PATIENCE).unref();
  request.once('close', () => clearTimeout(cut));
  request.resume();
}
