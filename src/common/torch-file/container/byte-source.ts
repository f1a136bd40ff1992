import { open } from 'node:fs/promises';
import type { Failure } from '../torch-file-error.js';

/** Bytes that are read by range: a file, or what a test holds in memory. */
export interface ByteSource {
  readonly size: number;
  /** Exactly `length` bytes, in memory that belongs to the caller. */
  read(position: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** @throws if the file cannot be opened; a range beyond its end is an error of the given failure */
export async function openByteSource(path: string, failure: Failure): Promise<ByteSource> {
  const handle = await open(path, 'r');
  const { size } = await handle.stat();
  return {
    size,
    read: async (position, length) => {
      checkRange(position, length, size, failure);
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
        if (bytesRead === 0) throw failure('damaged', `ends at byte ${position + done} while being read`);
        done += bytesRead;
      }
      return bytes;
    },
    close: () => handle.close(),
  };
}

export function memoryByteSource(bytes: Uint8Array, failure: Failure): ByteSource {
  return {
    size: bytes.byteLength,
    read: (position, length) =>
      Promise.resolve().then(() => {
        checkRange(position, length, bytes.byteLength, failure);
        return Uint8Array.from(bytes.subarray(position, position + length));
      }),
    close: () => Promise.resolve(),
  };
}

function checkRange(position: number, length: number, size: number, failure: Failure): void {
  if (position >= 0 && length >= 0 && position + length <= size) return;
  throw failure('damaged', `bytes ${position} to ${position + length} are needed, but there are ${size}`);
}
