import { ExpectedError } from './expected-error.js';

export interface InvalidField {
  /** Where in the input: `recipe.optimizer.options.learningRate`; empty for the whole. */
  readonly path: string;
  /** What was received and what is expected. */
  readonly message: string;
}

/** The input breaks a rule that the GraphQL schema cannot express. */
export class InvalidInputError extends ExpectedError {
  override readonly name = 'InvalidInputError';

  constructor(
    message: string,
    readonly fields: readonly InvalidField[],
    help?: string,
  ) {
    super('INVALID_INPUT', message, { help, details: { fields } });
  }

  /** One field, one message. */
  static field(path: string, message: string, help?: string): InvalidInputError {
    return new InvalidInputError(`${path}: ${message}`, [{ path, message }], help);
  }
}
