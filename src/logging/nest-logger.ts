import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Nest's own messages through pino: the last text argument is Nest's context (the class that speaks). */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  // What Nest logs at the start (routes, modules) is of use only when looking for a fault.
  log(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(fields(rest), text(message));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn(fields(rest), text(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    // Nest logs what stops the start and throws it as well: whoever started it tells it, once.
    if (fields(rest).context === 'ExceptionHandler') {
      this.logger.debug(fields(rest), text(message));
      return;
    }
    if (message instanceof Error) this.logger.error({ ...fields(rest), err: message }, message.message);
    else this.logger.error(fields(rest), text(message));
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.logger.fatal(fields(rest), text(message));
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(fields(rest), text(message));
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.logger.trace(fields(rest), text(message));
  }
}

function fields(rest: readonly unknown[]): { readonly context?: string; readonly stack?: string } {
  const texts = rest.filter((value) => typeof value === 'string');
  const context = texts.at(-1);
  return { ...(context !== undefined && { context }), ...(texts.length > 1 && { stack: texts[0] }) };
}

function text(message: unknown): string {
  return typeof message === 'string' ? message : (JSON.stringify(message) ?? String(message));
}
