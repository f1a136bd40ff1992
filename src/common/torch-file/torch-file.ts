import { basename } from 'node:path';
import type { ByteSource } from './container/byte-source.js';
import { memoryByteSource, openByteSource } from './container/byte-source.js';
import { readLegacyFile } from './container/legacy-file.js';
import { readZipFile } from './container/zip-file.js';
import type { TorchValue } from './pickle/values.js';
import { failureIn } from './torch-file-error.js';
import type { Failure } from './torch-file-error.js';

/** A PyTorch checkpoint. Its tensors read their values from the file when asked, as long as it is open. */
export interface TorchFile {
  readonly format: 'zip' | 'legacy';
  readonly value: TorchValue;
  readonly close: () => Promise<void>;
}

/**
 * Opens a file written by `torch.save`: zip archives (PyTorch 1.6 and later) and the older stream, pickle protocols 2 to 5. Nothing in
 * it is executed: it yields tensors, dictionaries, lists, tuples, texts, numbers and numpy scalars, and whatever else it
 * asks for is refused by name. Names (`module.` prefixes too) stay as they are.
 * @param name of the file for people; default its own
 * @throws TorchFileError if the file is damaged, unsupported, too large or asks for more than that
 */
export async function openTorchFile(path: string, name = basename(path)): Promise<TorchFile> {
  const failure = failureIn(name);
  return read(await openByteSource(path, failure), failure);
}

/** The same for a file in memory. */
export function decodeTorchFile(bytes: Uint8Array, name: string): Promise<TorchFile> {
  const failure = failureIn(name);
  return read(memoryByteSource(bytes, failure), failure);
}

async function read(source: ByteSource, failure: Failure): Promise<TorchFile> {
  try {
    const [p, k] = await source.read(0, Math.min(2, source.size));
    const format = p === 0x50 && k === 0x4b ? 'zip' : 'legacy';
    const value = await (format === 'zip' ? readZipFile : readLegacyFile)(source, failure);
    return { format, value, close: () => source.close() };
  } catch (error) {
    await source.close();
    throw error;
  }
}
