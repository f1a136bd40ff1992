import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export interface PlatformSettings {
  /** Where the platform keeps its database, pictures and checkpoints. */
  readonly dataFolder: string;
  /** Folders that data sets may be imported from, by name. */
  readonly importFolders: Readonly<Record<string, string>>;
  /** Folder of pretrained weights. */
  readonly weightsFolder?: string;
  /** File for what the platform prints. */
  readonly logFile: string;
}

/** A running platform of our own. */
export interface PlatformProcess {
  /** Address without a path: `http://127.0.0.1:41234`. */
  readonly server: string;
  /** The access token that it asks for. */
  readonly token: string;
  /** Ends it in an orderly way and waits until it is gone. */
  stop(): Promise<void>;
}

const START_SECONDS = 60;
const STOP_SECONDS = 20;
const POLL_MILLISECONDS = 100;
const LOG_LINES_SHOWN = 20;
const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));

async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('The system gave no free port.');
  return address.port;
}

async function answers(server: string, token: string): Promise<boolean> {
  try {
    const response = await fetch(`${server}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    return response.ok;
  } catch {
    return false;
  }
}

async function lastLines(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n');
}

function ended(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function stop(child: ChildProcess): Promise<void> {
  if (ended(child)) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_SECONDS * 1000);
  await gone;
  clearTimeout(killer);
}

/**
 * Starts the built server as a process of its own, with SQLite in its data folder, on a free port.
 * @throws with the last lines of its log if it ends or does not answer within a minute
 */
export async function startPlatform(settings: PlatformSettings): Promise<PlatformProcess> {
  await mkdir(dirname(settings.logFile), { recursive: true });
  const port = await findFreePort();
  const server = `http://127.0.0.1:${port}`;
  const token = randomBytes(24).toString('base64url');
  const importFolders = Object.entries(settings.importFolders).map(([name, path]) => `${name}=${path}`);
  const child = fork(MAIN, {
    silent: true,
    env: {
      ...process.env,
      DATABASE_URL: '',
      HOST: '127.0.0.1',
      PORT: String(port),
      Q2L_ACCESS_TOKENS: token,
      Q2L_DATA: settings.dataFolder,
      Q2L_IMPORT_FOLDERS: importFolders.join(','),
      ...(settings.weightsFolder === undefined ? {} : { Q2L_WEIGHTS: settings.weightsFolder }),
    },
  });
  const log = createWriteStream(settings.logFile);
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });

  const deadline = Date.now() + START_SECONDS * 1000;
  while (!(await answers(server, token))) {
    if (ended(child) || Date.now() > deadline) {
      await stop(child);
      throw new Error(
        `The platform did not start; the end of ${settings.logFile} says:\n${await lastLines(settings.logFile)}`,
      );
    }
    await delay(POLL_MILLISECONDS);
  }
  return { server, token, stop: () => stop(child).finally(() => log.end()) };
}
