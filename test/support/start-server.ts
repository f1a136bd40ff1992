import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.js';
import { GraphqlClient } from './graphql-client.js';
import { createTestDatabase } from './test-database.js';
import { temporaryFolder } from './temporary-folder.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const START_PATIENCE = 60_000;
/** What the server sees of the environment of the tests: they may be run on another engine. */
const PASSED_ON = ['PATH', 'HOME', 'Q2L_ENGINE', 'Q2L_EXECUTION_PROVIDERS', 'VK_DRIVER_FILES'] as const;

export interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface StartedServer {
  readonly url: string;
  readonly client: GraphqlClient;
  readonly folder: string;
  /** What it has written on standard output and standard error so far. */
  output(): string;
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<ServerExit>;
  /** Ends it if it still runs, and removes its database and folder. */
  stop(): Promise<void>;
}

/**
 * The built server (`dist/main.js`) as a process of its own, on a free port, with a data folder and database of its own.
 * @param environment variables beside those
 * @throws with its output if it ends before it answers
 */
export async function startServer(environment: Readonly<Record<string, string>> = {}): Promise<StartedServer> {
  const folder = await temporaryFolder();
  const database = await createTestDatabase();
  const port = await freePort();
  const child = spawn(process.execPath, [MAIN], {
    cwd: folder.path,
    env: {
      ...Object.fromEntries(PASSED_ON.map((name) => [name, process.env[name]])),
      NODE_ENV: 'test',
      PORT: String(port),
      Q2L_DATA: 'data',
      Q2L_TRAINING_WORKERS: '0',
      DATABASE_URL: database.url,
      ...environment,
    },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = once(child, 'close').then((): ServerExit => ({ code: child.exitCode, signal: child.signalCode }));
  const url = `http://127.0.0.1:${port}`;
  const client = new GraphqlClient(url);
  const end = async (signal: NodeJS.Signals): Promise<ServerExit> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return ended;
  };
  const stop = async (): Promise<void> => {
    await client.close();
    await end('SIGKILL');
    await database.drop();
    await folder.remove();
  };
  try {
    await untilLive(url, () => child.exitCode !== null || child.signalCode !== null);
  } catch (error) {
    await stop();
    throw new Error(text === '' ? String(error) : text, { cause: error });
  }
  return { url, client, folder: folder.path, output: () => text, end, stop };
}

async function untilLive(url: string, hasEnded: () => boolean): Promise<void> {
  const deadline = Date.now() + START_PATIENCE;
  while (Date.now() < deadline) {
    if (hasEnded()) throw new Error('The server ended before it answered.');
    const live = await fetch(`${url}/health/live`).catch(() => undefined);
    if (live?.ok === true) return;
    await delay(100);
  }
  throw new Error(`The server did not answer at ${url} within ${START_PATIENCE / 1000} s.`);
}
