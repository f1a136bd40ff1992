import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeFolderDurably, writeAll, writeDurably } from '../checkpoint/container/durable-files.js';
import { FileOperations, type NewFile } from '../checkpoint/container/file-operations.js';
import type { BackupFile } from './backup-description.js';

const operations = new FileOperations();
const CHUNK = 1024 * 1024;

/** Writes a file piece by piece and flushes it; its folder is made, and flushed by the caller. Nothing is left after an error. */
export async function writeHashed(
  path: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<BackupFile> {
  await makeFolderDurably(operations, dirname(path));
  const write = async (file: NewFile): Promise<BackupFile> => {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const piece of pieces) {
      hash.update(piece);
      bytes += piece.byteLength;
      await writeAll(file, piece);
    }
    return { bytes, sha256: hash.digest('hex') };
  };
  return writeDurably(operations, path, write).catch(async (error: unknown) => {
    await operations.remove(path).catch(() => undefined);
    throw error;
  });
}

/** Copies a file as it is, and tells what was copied. */
export function copyHashed(from: string, to: string): Promise<BackupFile> {
  return writeHashed(to, piecesOf(from));
}

export async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Makes the entries of folders last. */
export async function flushFolders(paths: Iterable<string>): Promise<void> {
  for (const path of new Set(paths)) await operations.syncFolder(path);
}

async function* piecesOf(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const handle = await open(path, 'r');
  try {
    for (;;) {
      const buffer = Buffer.alloc(CHUNK);
      const { bytesRead } = await handle.read(buffer, 0, CHUNK);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
