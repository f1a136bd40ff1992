import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Inject } from '@nestjs/common';
import type { Response } from 'express';
import type { Logger } from 'pino';
import { ExpectedError, InvalidInputError } from '../common/errors/index.js';
import { newIdentifier } from '../common/identifiers.js';
import { LOGGER } from '../logging/index.js';

/** HTTP status of the expected errors; any other expected error is a 400. */
const STATUS: Readonly<Record<string, number>> = {
  NOT_FOUND: 404,
  INVALID_INPUT: 400,
  CONFLICT: 409,
  UNREADABLE_IMAGE: 422,
  DAMAGED_CHECKPOINT: 500,
  CHECKPOINT_NOT_WRITTEN: 507,
};
const PAYLOAD_TOO_LARGE = 413;
/** Reasons of refusal (`RefusalReason`) that are about size alone: the picture itself may be sound. */
const SIZE_REASONS: readonly unknown[] = ['TOO_MANY_BYTES', 'TOO_MANY_PIXELS'];

/** Errors of the REST routes as JSON `{ code, message, help?, fields? }`; unexpected ones are logged and shown as an id. */
@Catch()
export class ErrorsFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    // GraphQL answers its errors itself.
    if (host.getType<string>() === 'graphql') throw error;
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const { status, body } = this.answer(error);
    response.status(status).json(body);
  }

  private answer(error: unknown): { readonly status: number; readonly body: Readonly<Record<string, unknown>> } {
    if (error instanceof ExpectedError) {
      const { code, message, help } = error;
      const fields = error instanceof InvalidInputError ? { fields: error.fields } : {};
      return { status: statusOf(error), body: { code, message, ...(help && { help }), ...fields } };
    }
    if (error instanceof HttpException && error.getStatus() < 500) {
      const status = error.getStatus();
      const code = status === PAYLOAD_TOO_LARGE ? 'PAYLOAD_TOO_LARGE' : 'BAD_REQUEST';
      return { status, body: { code, message: error.message } };
    }
    const errorId = newIdentifier();
    this.logger.error({ err: error, errorId }, 'unexpected error');
    const message = `Something went wrong on the server. Its log has the details under the id ${errorId}.`;
    return { status: 500, body: { code: 'INTERNAL_SERVER_ERROR', message, errorId } };
  }
}

function statusOf({ code, details }: ExpectedError): number {
  return SIZE_REASONS.includes(details?.reason) ? PAYLOAD_TOO_LARGE : (STATUS[code] ?? 400);
}
