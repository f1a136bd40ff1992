import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { TensorValue } from '@query2label/engine';
import { headerLength, LENGTH_BYTES, parseHeader, type TensorEntry } from './header.js';
import { decodeTensor, type LargeIntegers, readExactly } from './safetensors-reader.js';

/** A safetensors file of which only the header was read; tensors are read when asked for, as long as it is open. */
export interface OpenSafetensors {
  readonly entries: readonly TensorEntry[];
  readonly metadata: ReadonlyMap<string, string>;
  read(entry: TensorEntry): Promise<TensorValue | LargeIntegers>;
  close(): Promise<void>;
}

/**
 * @param name of the file for people; default its own
 * @throws SafetensorsError if anything about the header is not as it must be
 */
export async function openSafetensors(path: string, name = basename(path)): Promise<OpenSafetensors> {
  const handle = await open(path, 'r');
  try {
    const { entries, metadata } = await headerOf(handle, name);
    return {
      entries,
      metadata,
      read: async (entry) =>
        decodeTensor(entry, await readExactly(handle, entry.begin, entry.end - entry.begin, name), name),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function headerOf(handle: FileHandle, name: string): Promise<Pick<OpenSafetensors, 'entries' | 'metadata'>> {
  const { size } = await handle.stat();
  const prefix = await readExactly(handle, 0, Math.min(LENGTH_BYTES, size), name);
  const header = await readExactly(handle, LENGTH_BYTES, headerLength(prefix, size, name), name);
  const { tensors, metadata } = parseHeader(header, size, name);
  return { entries: tensors, metadata };
}
