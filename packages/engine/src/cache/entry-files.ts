import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checksumBeside, checksumOf } from './checksum.js';

const LIST = 'entry.json';
/** Files from this size on are read in a thread of their own. */
const LARGE_BYTES = 16 * 1024 * 1024;

interface ListedFile {
  readonly bytes: number;
  /** CRC-32 of the whole file. */
  readonly checksum: number;
}

/** What is wrong with the files of an entry. */
export class DamagedEntry extends Error {}

/** Writes the list of an entry's files, last of all: an entry without one is not complete. */
export async function listFiles(folder: string): Promise<void> {
  const files: Record<string, ListedFile> = {};
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    files[name] = { bytes: (await stat(path)).size, checksum: await checksumOf(path) };
  }
  await writeFile(join(folder, LIST), JSON.stringify({ files }));
}

/**
 * Checks the list of an entry, the sizes of its files and the content of small ones.
 * @returns what checks the content of large ones, begun already; rejected with DamagedEntry if one is not as it was written
 * @throws DamagedEntry if a file is missing or is not as it was written; an error of code ENOENT if there is no entry
 */
export async function checkFiles(folder: string): Promise<{ readonly largeFiles: Promise<unknown> }> {
  const { files } = readList(await readFile(join(folder, LIST), 'utf8'));
  const large: [string, ListedFile][] = [];
  for (const [name, expected] of Object.entries(files)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.size !== expected.bytes) {
      throw new DamagedEntry(`${name} has ${found?.size ?? 'no'} bytes where ${expected.bytes} were written`);
    }
    if (expected.bytes >= LARGE_BYTES) large.push([name, expected]);
    else compare(name, expected, await checksumOf(path));
  }
  const largeFiles = Promise.all(
    large.map(async ([name, expected]) => compare(name, expected, await checksumBeside(join(folder, name)))),
  );
  // Whoever asked may still be busy when it fails.
  largeFiles.catch(() => undefined);
  return { largeFiles };
}

function compare(name: string, expected: ListedFile, checksum: number): void {
  if (checksum !== expected.checksum) throw new DamagedEntry(`the checksum of ${name} is not the one that was written`);
}

/** Path of the list of files, whose time of change is that of the entry's last use. */
export function listPath(folder: string): string {
  return join(folder, LIST);
}

/** Bytes of all files of an entry. */
export async function entryBytes(folder: string): Promise<number> {
  const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function readList(text: string): { readonly files: Readonly<Record<string, ListedFile>> } {
  try {
    const list: unknown = JSON.parse(text);
    if (isList(list)) return list;
  } catch {
    // Refused below, like a list of another form.
  }
  throw new DamagedEntry(`${LIST} is not a list of files`);
}

function isList(value: unknown): value is { readonly files: Readonly<Record<string, ListedFile>> } {
  if (typeof value !== 'object' || value === null || !('files' in value)) return false;
  const { files } = value;
  return (
    typeof files === 'object' &&
    files !== null &&
    Object.values(files).every((file: unknown) => typeof file === 'object' && file !== null && 'checksum' in file)
  );
}
