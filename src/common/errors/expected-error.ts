export interface ExpectedErrorOptions {
  /** How to mend it: one sentence for people. */
  readonly help?: string;
  /** Values that help a program or a log reader; never secrets, they are sent to the client. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * A failure that belongs to normal use and that the caller can mend: shown as it is, never masked. Mutations answer it
 * as a member of their result union (`expectErrors`), queries as a GraphQL error with its code. Anything else that is
 * thrown is a fault of the platform: logged, and shown to the client as an id.
 */
export class ExpectedError extends Error {
  override readonly name: string = 'ExpectedError';
  readonly help?: string;
  readonly details?: Readonly<Record<string, unknown>>;

  /** @param code upper case with underscores, stable: programs compare it */
  constructor(
    readonly code: string,
    message: string,
    options: ExpectedErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.help = options.help;
    this.details = options.details;
  }
}
