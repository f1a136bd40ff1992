import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { NamedValues, TensorValue } from '@query2label/engine';
import { LENGTH_BYTES } from './header.js';

const TYPE_NAMES = { float32: 'F32', int32: 'I32', bool: 'BOOL' } as const;

export interface WrittenFile {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/**
 * The bytes of a safetensors file, piece by piece: the header, then the tensors in code-unit order of their names, so that equal
 * values give equal bytes. The header is padded with blanks to a multiple of eight bytes.
 */
export function* safetensorsChunks(
  tensors: NamedValues,
  metadata: Readonly<Record<string, string>> = {},
): Generator<Uint8Array, void, undefined> {
  const entries = Object.entries(tensors).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  yield encodeHeader(entries, metadata);
  for (const [name, value] of entries) yield bytesOf(name, value);
}

/** Streams tensors into an open file; see `safetensorsChunks`. The caller flushes and closes the file. */
export async function writeSafetensors(
  handle: FileHandle,
  tensors: NamedValues,
  metadata: Readonly<Record<string, string>> = {},
): Promise<WrittenFile> {
  const hash = createHash('sha256');
  let written = 0;
  for (const bytes of safetensorsChunks(tensors, metadata)) {
    hash.update(bytes);
    let done = 0;
    while (done < bytes.byteLength) done += (await handle.write(bytes, done)).bytesWritten;
    written += bytes.byteLength;
  }
  return { bytes: written, sha256: hash.digest('hex') };
}

function encodeHeader(
  entries: readonly (readonly [string, TensorValue])[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const members: string[] = [];
  if (Object.keys(metadata).length > 0) members.push(`"__metadata__":${JSON.stringify(metadata)}`);
  let offset = 0;
  for (const [name, { dtype, shape, data }] of entries) {
    const end = offset + data.byteLength;
    members.push(
      `${JSON.stringify(name)}:${JSON.stringify({ dtype: TYPE_NAMES[dtype], shape, data_offsets: [offset, end] })}`,
    );
    offset = end;
  }
  const json = Buffer.from(`{${members.join(',')}}`, 'utf8');
  const length = Math.ceil(json.byteLength / 8) * 8;
  const header = Buffer.alloc(LENGTH_BYTES + length, ' ');
  header.writeBigUInt64LE(BigInt(length));
  json.copy(header, LENGTH_BYTES);
  return header;
}

function bytesOf(name: string, { dtype, shape, data }: TensorValue): Uint8Array {
  const elements = shape.reduce((product, size) => product * size, 1);
  if (elements !== data.length || name === '__metadata__') {
    throw new RangeError(
      `tensor "${name}" of shape [${shape.join(', ')}] (${dtype}) cannot be written from ${data.length} elements`,
    );
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
