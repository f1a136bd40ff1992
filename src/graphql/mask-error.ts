import { HttpException } from '@nestjs/common';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { ExpectedError } from '../common/errors/index.js';
import { newIdentifier } from '../common/identifiers.js';
import { currentRequestId } from '../http/request-id.js';

/**
 * What a client sees of an error. Faults of the request (syntax, validation, limits) and expected errors are shown as
 * they are; anything else is logged under a new id, and the client sees the id alone.
 * @param error what was thrown, or GraphQL's wrapper of it
 * @param formatted how GraphQL would show it
 */
export function maskError(error: unknown, formatted: GraphQLFormattedError, logger: Logger): GraphQLFormattedError {
  const { locations, path } = formatted;
  const place = { ...(locations && { locations }), ...(path && { path }) };
  const cause = originOf(error);
  if (cause === undefined) return { ...formatted, extensions: publicExtensions(formatted.extensions) };
  if (cause instanceof ExpectedError) {
    const { code, message, help, details } = cause;
    return { message, ...place, extensions: { code, ...(help && { help }), ...(details && { details }) } };
  }
  if (cause instanceof HttpException && cause.getStatus() < 500) {
    return { message: cause.message, ...place, extensions: { code: 'BAD_REQUEST' } };
  }
  const errorId = newIdentifier();
  const requestId = currentRequestId();
  logger.error({ err: cause, errorId, requestId, path: path?.join('.') }, 'unexpected error in GraphQL');
  return {
    message: `Something went wrong on the server. Its log has the details under the id ${errorId}.`,
    ...place,
    extensions: { code: 'INTERNAL_SERVER_ERROR', errorId, ...(requestId && { requestId }) },
  };
}

/** What was thrown outside of GraphQL; `undefined` if GraphQL itself refused the request. */
function originOf(error: unknown): unknown {
  if (!(error instanceof GraphQLError)) return error ?? new Error('an empty value was thrown');
  return error.originalError === undefined || error.originalError === null ? undefined : originOf(error.originalError);
}

function publicExtensions(extensions: GraphQLFormattedError['extensions']): GraphQLFormattedError['extensions'] {
  if (extensions === undefined) return undefined;
  const { stacktrace: _stacktrace, http: _http, ...shown } = extensions;
  return shown;
}
