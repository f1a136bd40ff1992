import { open, type FileHandle } from 'node:fs/promises';

/** Makes a folder's entries (new files, renames) survive a power failure. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Creates a file, lets `write` fill it, and returns when its bytes are on the disk. @throws if it exists */
export async function writeDurably<T>(path: string, write: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(path, 'wx');
  try {
    const result = await write(handle);
    await handle.sync();
    return result;
  } finally {
    await handle.close();
  }
}
