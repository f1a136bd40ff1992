/** What `q2l` tells the shell. */
export const EXIT_CODES = {
  /** What was asked for is done. */
  success: 0,
  /** Something went wrong that is a fault of the platform or of this machine. */
  failure: 1,
  /** The command line is wrong: an unknown command or option, a missing argument. */
  usage: 2,
  /** No server answers. */
  unreachable: 3,
  /** The server refuses: not found, invalid, in conflict. */
  refused: 4,
  /** The training run that was waited for did not succeed. */
  runNotSucceeded: 5,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];
