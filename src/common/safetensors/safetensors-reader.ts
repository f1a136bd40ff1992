import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { NamedValues, TensorValue } from '@query2label/engine';
import { ELEMENT_TYPES } from './element-types.js';
import { headerLength, LENGTH_BYTES, parseHeader, type TensorEntry } from './header.js';
import { SafetensorsError } from './safetensors-error.js';

export interface SafetensorsContent {
  readonly tensors: NamedValues;
  readonly metadata: ReadonlyMap<string, string>;
  /** SHA-256 of the whole file, lower-case hexadecimal. */
  readonly sha256: string;
}

/**
 * Reads a safetensors file tensor by tensor: beside the values themselves it holds one tensor's bytes at a time.
 * @throws SafetensorsError if anything about the file is not as it must be
 */
export async function readSafetensors(path: string): Promise<SafetensorsContent> {
  const name = basename(path);
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const hash = createHash('sha256');
    const prefix = await readExactly(handle, 0, Math.min(LENGTH_BYTES, size), name, hash);
    const header = await readExactly(handle, LENGTH_BYTES, headerLength(prefix, size, name), name, hash);
    const { tensors, metadata } = parseHeader(header, size, name);
    const values = new Map<string, TensorValue>();
    for (const entry of tensors) {
      const bytes = await readExactly(handle, entry.begin, entry.end - entry.begin, name, hash);
      values.set(entry.name, decodeTensor(entry, bytes, name));
    }
    return { tensors: Object.fromEntries(values), metadata, sha256: hash.digest('hex') };
  } finally {
    await handle.close();
  }
}

/** The same for a file that is already in memory. */
export function decodeSafetensors(bytes: Uint8Array, name: string): SafetensorsContent {
  const length = headerLength(bytes.subarray(0, LENGTH_BYTES), bytes.byteLength, name);
  const { tensors, metadata } = parseHeader(
    bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length),
    bytes.byteLength,
    name,
  );
  const values = new Map<string, TensorValue>();
  for (const entry of tensors)
    values.set(entry.name, decodeTensor(entry, bytes.subarray(entry.begin, entry.end), name));
  return { tensors: Object.fromEntries(values), metadata, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function decodeTensor(entry: TensorEntry, bytes: Uint8Array, file: string): TensorValue {
  const type = ELEMENT_TYPES.get(entry.elementType);
  if (type === undefined)
    throw new SafetensorsError(file, `tensor ${entry.name} has the unknown type ${entry.elementType}`);
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return { dtype: type.dtype, shape: entry.shape, data: type.decode(view, entry.elements) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SafetensorsError(file, `tensor ${JSON.stringify(entry.name)}: ${error.message}`);
  }
}

async function readExactly(
  handle: FileHandle,
  position: number,
  length: number,
  file: string,
  hash: Hash,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw new SafetensorsError(file, `ends at byte ${position + done} while being read`);
    done += bytesRead;
  }
  hash.update(bytes);
  return bytes;
}
