import { CommanderError } from 'commander';
import { RequestRefusedError, ServerUnreachableError } from '../client/client-errors.js';
import { ExpectedError } from '../common/errors/index.js';
import type { Terminal } from '../terminal/terminal.js';
import { EXIT_CODES, type ExitCode } from './exit-codes.js';
import { RunNotSucceededError } from './run-not-succeeded.error.js';

function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.success : EXIT_CODES.usage;
  if (error instanceof ServerUnreachableError) return EXIT_CODES.unreachable;
  if (error instanceof RequestRefusedError) return EXIT_CODES.refused;
  if (error instanceof RunNotSucceededError) return EXIT_CODES.runNotSucceeded;
  return EXIT_CODES.failure;
}

function codeOf(error: unknown): string {
  if (error instanceof RequestRefusedError || error instanceof ExpectedError) return error.code;
  return error instanceof Error ? error.name : 'Error';
}

/** Tells a person, or with `json` a program, what went wrong. @returns the exit code that says the same to the shell */
export function reportError(terminal: Terminal, error: unknown): ExitCode {
  const exitCode = exitCodeOf(error);
  // commander has written its own message.
  if (error instanceof CommanderError) return exitCode;
  const message = error instanceof Error ? error.message : String(error);
  const help = error instanceof RequestRefusedError || error instanceof ExpectedError ? error.help : undefined;
  terminal.document({ error: { code: codeOf(error), message, ...(help === undefined ? {} : { help }) } });
  terminal.note(`error: ${message}`);
  if (help !== undefined) terminal.note(help);
  return exitCode;
}
