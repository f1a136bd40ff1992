import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Runs a script of this folder to its end in a process of its own; it imports the built platform.
 * @returns what it wrote on standard output
 * @throws with its standard error if it fails
 */
export async function runScript(name: string, ...args: readonly string[]): Promise<string> {
  const script = fileURLToPath(new URL(name, import.meta.url));
  const { stdout } = await run(process.execPath, ['--enable-source-maps', script, ...args], { timeout: 60_000 });
  return stdout;
}
