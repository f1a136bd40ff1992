import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { newIdentifier } from '../common/identifiers.js';
import { currentRequestId } from './request-id.js';

/** One line for each request with its id, status and time; health checks and the explorer's files only at debug level. */
export function requestLog(
  logger: Logger,
): (request: IncomingMessage, response: ServerResponse, next: () => void) => void {
  return pinoHttp({
    logger,
    genReqId: () => currentRequestId() ?? newIdentifier(),
    customLogLevel: (request, response, error) => {
      if (error !== undefined || response.statusCode >= 500) return 'error';
      if (response.statusCode >= 400) return 'warn';
      return /^\/(health|explorer)\b/.test(request.url ?? '') ? 'debug' : 'info';
    },
    serializers: {
      req: ({ id, method, url }: { id: unknown; method: unknown; url: unknown }) => ({ id, method, url }),
      res: ({ statusCode }: { statusCode: unknown }) => ({ statusCode }),
    },
  });
}
