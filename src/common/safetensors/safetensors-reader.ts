import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { NamedValues, TensorValue } from '@query2label/engine';
import { ELEMENT_TYPES } from './element-types.js';
import { headerLength, LENGTH_BYTES, parseHeader, type TensorEntry } from './header.js';
import { SafetensorsError } from './safetensors-error.js';

/** A tensor with whole numbers beyond 32 bits, exact. */
export interface LargeIntegers {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: BigInt64Array | BigUint64Array;
}

export interface SafetensorsContent {
  /** What a program can hold: floats as float32, whole numbers as int32. */
  readonly tensors: NamedValues;
  /** Tensors with whole numbers beyond 32 bits; they are in no program and not among `tensors`. */
  readonly largeIntegers: ReadonlyMap<string, LargeIntegers>;
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
    const values = new DecodedTensors(name);
    for (const entry of tensors) {
      values.add(entry, await readExactly(handle, entry.begin, entry.end - entry.begin, name, hash));
    }
    return { ...values.content(), metadata, sha256: hash.digest('hex') };
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
  const values = new DecodedTensors(name);
  for (const entry of tensors) values.add(entry, bytes.subarray(entry.begin, entry.end));
  return { ...values.content(), metadata, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Gathers the tensors of a file. */
class DecodedTensors {
  private readonly tensors = new Map<string, TensorValue>();
  private readonly largeIntegers = new Map<string, LargeIntegers>();

  constructor(private readonly file: string) {}

  add(entry: TensorEntry, bytes: Uint8Array): void {
    const decoded = decodeTensor(entry, bytes, this.file);
    if ('dtype' in decoded) this.tensors.set(entry.name, decoded);
    else this.largeIntegers.set(entry.name, decoded);
  }

  content(): Pick<SafetensorsContent, 'tensors' | 'largeIntegers'> {
    return { tensors: Object.fromEntries(this.tensors), largeIntegers: this.largeIntegers };
  }
}

/** The values of one tensor out of its bytes. */
export function decodeTensor(
  { name, elementType, elements, shape }: TensorEntry,
  bytes: Uint8Array,
  file: string,
): TensorValue | LargeIntegers {
  const type = ELEMENT_TYPES.get(elementType);
  if (type === undefined) throw new SafetensorsError(file, `tensor ${name} has the unknown type ${elementType}`);
  const decoded = type.decode(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), elements);
  return 'dtype' in decoded ? { ...decoded, shape } : { shape, data: decoded };
}

/** Bytes of a file, counted into the hash where one is kept. @throws SafetensorsError if the file ends before */
export async function readExactly(
  handle: FileHandle,
  position: number,
  length: number,
  file: string,
  hash?: Hash,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw new SafetensorsError(file, `ends at byte ${position + done} while being read`);
    done += bytesRead;
  }
  hash?.update(bytes);
  return bytes;
}
