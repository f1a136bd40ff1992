import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FileOperations, NewFile } from './file-operations.js';

/** Creates a file, lets `write` fill it, and returns when its bytes are on the disk. @throws if it exists */
export async function writeDurably<T>(
  operations: FileOperations,
  path: string,
  write: (file: NewFile) => Promise<T>,
): Promise<T> {
  const file = await operations.createFile(path);
  let result: T;
  try {
    result = await write(file);
    await file.sync();
  } catch (error) {
    // The first error is the one that tells; a file that cannot be closed either adds nothing.
    await file.close().catch(() => undefined);
    throw error;
  }
  await file.close();
  return result;
}

/** Writes all of the bytes. */
export async function writeAll(file: NewFile, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.byteLength) done += (await file.write(bytes, done)).bytesWritten;
}

/** Makes a folder with its parents, each kept by the one above it; one that exists is left as it is. */
export async function makeFolderDurably(operations: FileOperations, path: string): Promise<void> {
  if (await isFolder(path)) return;
  const parent = dirname(path);
  await makeFolderDurably(operations, parent);
  await operations.makeFolder(path).catch(async (error: unknown) => {
    // Another process may have made it in the meantime.
    if (!(await isFolder(path))) throw error;
  });
  await operations.syncFolder(parent);
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
