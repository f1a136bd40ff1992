import { createHash } from 'node:crypto';
import type { NamedValues, TensorData, TensorDataType, TensorValue } from '@query2label/engine';
import { LENGTH_BYTES } from './header.js';

const TYPE_NAMES = { float32: 'F32', int32: 'I32', bool: 'BOOL' } as const;
const ELEMENT_BYTES = { float32: 4, int32: 4, bool: 1 } as const;

const elementsOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** A tensor whose values are read when they are written. */
export interface TensorSource {
  readonly dtype: TensorDataType;
  readonly shape: readonly number[];
  read(): Promise<TensorData>;
}

/** Tensors to be written: in memory, or read one after the other. */
export type WritableTensors = Readonly<Record<string, TensorValue | TensorSource>>;

export interface WrittenFile {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** Where bytes go, one after the other: an open file. */
export interface ByteSink {
  /** @param offset first byte to be written @returns how many were: it may be fewer than there are */
  write(bytes: Uint8Array, offset: number): Promise<{ readonly bytesWritten: number }>;
}

/**
 * The bytes of a safetensors file, piece by piece: the header, then the tensors in code-unit order of their names, so that equal
 * values give equal bytes. The header is padded with blanks to a multiple of eight bytes.
 */
export function* safetensorsChunks(
  tensors: NamedValues,
  metadata: Readonly<Record<string, string>> = {},
): Generator<Uint8Array, void, undefined> {
  const entries = sorted(tensors);
  yield encodeHeader(entries, metadata);
  for (const [name, value] of entries) yield bytesOf(name, value);
}

/**
 * Streams tensors into an open file; see `safetensorsChunks`. Of those that are read only then, one at a time is in memory.
 * The caller flushes and closes the file.
 */
export async function writeSafetensors(
  file: ByteSink,
  tensors: WritableTensors,
  metadata: Readonly<Record<string, string>> = {},
): Promise<WrittenFile> {
  const hash = createHash('sha256');
  let written = 0;
  const write = async (bytes: Uint8Array): Promise<void> => {
    hash.update(bytes);
    let done = 0;
    while (done < bytes.byteLength) done += (await file.write(bytes, done)).bytesWritten;
    written += bytes.byteLength;
  };
  const entries = sorted(tensors);
  await write(encodeHeader(entries, metadata));
  for (const [name, tensor] of entries) {
    const { dtype, shape } = tensor;
    await write(bytesOf(name, 'data' in tensor ? tensor : { dtype, shape, data: await tensor.read() }));
  }
  return { bytes: written, sha256: hash.digest('hex') };
}

const sorted = <Tensor>(tensors: Readonly<Record<string, Tensor>>): [string, Tensor][] =>
  Object.entries(tensors).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

function encodeHeader(
  entries: readonly (readonly [string, TensorValue | TensorSource])[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const members: string[] = [];
  if (Object.keys(metadata).length > 0) members.push(`"__metadata__":${JSON.stringify(metadata)}`);
  let offset = 0;
  for (const [name, { dtype, shape }] of entries) {
    const end = offset + elementsOf(shape) * ELEMENT_BYTES[dtype];
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
  if (elementsOf(shape) !== data.length || name === '__metadata__') {
    throw new RangeError(
      `tensor "${name}" of shape [${shape.join(', ')}] (${dtype}) cannot be written from ${data.length} elements`,
    );
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
