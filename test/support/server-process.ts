import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.js';
import { GraphqlClient } from './graphql-client.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const PATIENCE = 60_000;

/** A built server in a process of its own, with real workers. */
export interface ServerProcess {
  readonly client: GraphqlClient;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly pid: number;
  /** What it and its workers have written on standard output and standard error so far. */
  output(): string;
  /** Process ids of its workers of a kind. */
  workers(kind: 'training' | 'prediction'): number[];
  /** Ends it in an orderly way. @returns its exit code */
  stop(): Promise<number | null>;
  /** Ends it at once. Its workers notice and hand back what they have. */
  kill(): Promise<void>;
}

export interface ServerPlace {
  /** Its working folder; default that of the tests. */
  readonly folder?: string;
  /** The program; default this platform's. */
  readonly main?: string;
}

/** @param environment keys of the configuration */
export async function startServerProcess(
  environment: Readonly<Record<string, string>>,
  { folder, main = MAIN }: ServerPlace = {},
): Promise<ServerProcess> {
  if (!existsSync(main)) throw new Error(`${main} does not exist: run "npm run build" before these tests.`);
  const port = await freePort();
  const child = spawn(process.execPath, [main], {
    cwd: folder,
    env: { ...process.env, NODE_ENV: 'test', LOG_LEVEL: 'warn', PORT: String(port), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const url = `http://127.0.0.1:${port}`;
  const client = new GraphqlClient(url);
  await untilItAnswers(child, client, () => output);
  return {
    ...{ client, url, pid: child.pid ?? 0 },
    output: () => output,
    workers: (kind) => workersOf(child, kind),
    stop: async () => {
      await client.close();
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
      return child.exitCode;
    },
    kill: async () => {
      await client.close();
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
}

async function untilItAnswers(child: ChildProcess, client: GraphqlClient, output: () => string): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The server ended with code ${child.exitCode}: ${output()}`);
    const answer = await client.send('{ __typename }').catch(() => undefined);
    if (answer?.data?.__typename === 'Query') return;
    if (Date.now() > deadline) throw new Error(`The server does not answer: ${output()}`);
    await delay(100);
  }
}

function workersOf({ pid }: ChildProcess, kind: string): number[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null && Number(match[2]) === pid && match[3].endsWith(`worker.js ${kind}`))
    .map((match) => Number(match?.[1]));
}
