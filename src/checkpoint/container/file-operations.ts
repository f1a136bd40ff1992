import { mkdir, open, rename, rm } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';

/** A file that is being made. */
export interface NewFile {
  /** Writes bytes from `offset` on where the last call ended. @returns how many: it may be fewer than there are */
  write(bytes: Uint8Array, offset: number): Promise<{ readonly bytesWritten: number }>;
  /** Returns when all that was written is on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * All that changes the folder of checkpoints goes through here, one call a step: tests put a crash or an error of the system at each.
 * Errors are those of `node:fs`.
 */
@Injectable()
export class FileOperations {
  /** @throws if it exists, or its parent does not */
  async makeFolder(path: string): Promise<void> {
    await mkdir(path);
  }

  /** @throws if it exists */
  createFile(path: string): Promise<NewFile> {
    return open(path, 'wx');
  }

  /** @throws if there is a file or a folder with entries by the new name */
  rename(from: string, to: string): Promise<void> {
    return rename(from, to);
  }

  /** Makes a folder's entries (new files, renames, removals) survive a power failure. Windows cannot open folders and needs no such call. */
  async syncFolder(path: string): Promise<void> {
    if (process.platform === 'win32') return;
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** Removes a file, or a folder with all that it holds; nothing happens if it is gone already. */
  remove(path: string): Promise<void> {
    return rm(path, { recursive: true, force: true });
  }
}
