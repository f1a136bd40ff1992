/** No server answered at the address. */
export class ServerUnreachableError extends Error {
  constructor(server: string, cause: unknown) {
    super(
      `No Query2Label server answers at ${server}. Start one with "npm start" in the project's folder, ` +
        'or name another with --server URL or the environment variable Q2L_SERVER.',
      { cause },
    );
    this.name = 'ServerUnreachableError';
  }
}

/** The server answered that it will not do what was asked: an expected error such as `NotFound`, or a GraphQL error. */
export class RequestRefusedError extends Error {
  constructor(
    /** `NOT_FOUND`, `INVALID_INPUT`, ... */
    readonly code: string,
    message: string,
    /** How to mend it, where the server says. */
    readonly help?: string,
  ) {
    super(message);
    this.name = 'RequestRefusedError';
  }
}

/** The server's answer is not what this version of the client expects. */
export class UnexpectedAnswerError extends Error {
  constructor(operation: string, detail: string) {
    super(
      `The server's answer to "${operation}" does not have the expected shape: ${detail}. ` +
        'Client and server must be of the same version.',
    );
    this.name = 'UnexpectedAnswerError';
  }
}
