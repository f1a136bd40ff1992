import { ExpectedError, type ExpectedErrorOptions } from './expected-error.js';

/** The request is well formed but clashes with the present state: a name that is taken, a run that is already finished. */
export class ConflictError extends ExpectedError {
  override readonly name = 'ConflictError';

  constructor(message: string, options: ExpectedErrorOptions = {}) {
    super('CONFLICT', message, options);
  }
}
