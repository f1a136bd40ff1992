import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { z } from 'zod';
import { temporaryFolder, type TemporaryFolder } from '../../../test/support/temporary-folder.js';
import { standBack } from './stand-back.js';

let folder: TemporaryFolder;
let child: ChildProcess;

beforeEach(async () => {
  folder = await temporaryFolder();
  const entry = join(folder.path, 'child.cjs');
  // Its own threads, once there are some: the pool of libuv begins with the first file that is read.
  await writeFile(
    entry,
    `const { existsSync, readdirSync, readFile } = require('node:fs');
     const threads = () => (existsSync('/proc/self/task') ? readdirSync('/proc/self/task').map(Number) : [process.pid]);
     readFile(__filename, () => process.send(threads()));
     setInterval(() => undefined, 1000);`,
  );
  child = fork(entry);
});

afterEach(async () => {
  child.kill('SIGKILL');
  await folder.remove();
});

const threads = async (): Promise<number[]> => {
  const messages: unknown = await once(child, 'message');
  return z.tuple([z.array(z.number()), z.unknown()]).parse(messages)[0];
};

it('lets a process and each of its threads stand back, from where this one stands', async () => {
  standBack(child.pid, 7);
  const ids = await threads();
  expect(ids.length).toBeGreaterThan(process.platform === 'linux' ? 1 : 0);
  const expected = Math.min(19, getPriority() + 7);
  expect(ids.map((id) => getPriority(id))).toEqual(ids.map(() => expected));
});

it('goes no further than a system lets it', async () => {
  standBack(child.pid, 19);
  await threads();
  expect(getPriority(child.pid)).toBe(19);
});

it('leaves a process alone that is not to stand back', async () => {
  standBack(child.pid, 0);
  const ids = await threads();
  expect(ids.map((id) => getPriority(id))).toEqual(ids.map(() => getPriority()));
});

it('does not mind a process that has ended, or never began', () => {
  const { pid } = spawnSync('true');
  expect(() => standBack(pid, 10)).not.toThrow();
  expect(() => standBack(undefined, 10)).not.toThrow();
});
