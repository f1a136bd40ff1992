import { ExpectedError, type ExpectedErrorOptions } from './expected-error.js';

/** Bytes that are not a picture that the platform accepts: unknown or refused format, damaged, too large. */
export class UnreadableImageError extends ExpectedError {
  override readonly name = 'UnreadableImageError';

  constructor(message: string, options: ExpectedErrorOptions = {}) {
    super('UNREADABLE_IMAGE', message, options);
  }
}
