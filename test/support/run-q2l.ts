import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The command as a person runs it. */
const Q2L = fileURLToPath(new URL('../../bin/q2l.js', import.meta.url));

export interface Q2lResult {
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
}

/**
 * Runs `q2l` as a process of its own, whose output is no terminal.
 * @param options.folder where it runs; default the working folder
 * @param options.environment variables beside those of this process
 */
export async function runQ2l(
  arguments_: readonly string[],
  options: { readonly folder?: string; readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<Q2lResult> {
  const child = spawn(process.execPath, [Q2L, ...arguments_], {
    cwd: options.folder,
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  await once(child, 'close');
  return { exitCode: child.exitCode, output, errors };
}

/** The documents that `--json` wrote, one a line. @throws if a line is not JSON */
export function documentsOf({ output }: Q2lResult): Readonly<Record<string, unknown>>[] {
  const lines = output.trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}
