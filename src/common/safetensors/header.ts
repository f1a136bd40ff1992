import { ELEMENT_TYPES } from './element-types.js';
import { SafetensorsError } from './safetensors-error.js';
import { parseStrictJson, type StrictJson } from './strict-json.js';

/** Bytes before the header: its length as an unsigned 64-bit little-endian integer. */
export const LENGTH_BYTES = 8;
/** Longest header that is read; the reference implementation has the same limit. */
export const MAXIMUM_HEADER_BYTES = 100_000_000;

/** One tensor as its header describes it; `begin` and `end` count from the first byte of the file. */
export interface TensorEntry {
  readonly name: string;
  readonly elementType: string;
  readonly shape: readonly number[];
  readonly elements: number;
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** In the order of their data; together they cover the file's data exactly. */
  readonly tensors: readonly TensorEntry[];
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Length of the header.
 * @param prefix the first eight bytes of the file, or fewer if it is shorter
 * @throws SafetensorsError if the file cannot hold a header of the length that it states
 */
export function headerLength(prefix: Uint8Array, fileBytes: number, file: string): number {
  if (prefix.byteLength < LENGTH_BYTES || fileBytes < LENGTH_BYTES) {
    throw new SafetensorsError(
      file,
      `holds ${fileBytes} bytes; a safetensors file starts with ${LENGTH_BYTES} bytes of header length`,
    );
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (length > BigInt(MAXIMUM_HEADER_BYTES)) {
    throw new SafetensorsError(file, `header length ${length} exceeds the limit of ${MAXIMUM_HEADER_BYTES} bytes`);
  }
  const end = LENGTH_BYTES + Number(length);
  if (length === 0n) throw new SafetensorsError(file, 'header length is 0');
  if (end > fileBytes) {
    throw new SafetensorsError(file, `header ends at byte ${end}, but the file holds only ${fileBytes} bytes`);
  }
  return Number(length);
}

/**
 * Reads and checks a header: element types, shapes, and that the tensors' bytes follow each other from the end of the header to
 * the end of the file without overlap or hole.
 * @throws SafetensorsError naming the tensor and the fault
 */
export function parseHeader(header: Uint8Array, fileBytes: number, file: string): SafetensorsHeader {
  const document = parseDocument(header, file);
  const dataStart = LENGTH_BYTES + header.byteLength;
  const tensors: TensorEntry[] = [];
  for (const [name, value] of document) {
    if (name !== '__metadata__') tensors.push(parseEntry(name, value, dataStart, file));
  }
  tensors.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCoverage(tensors, dataStart, fileBytes, file);
  return { tensors, metadata: parseMetadata(document.get('__metadata__'), file) };
}

function parseDocument(header: Uint8Array, file: string): Map<string, StrictJson> {
  if (header[0] !== 0x7b) throw new SafetensorsError(file, 'header does not start with "{"');
  try {
    const document = parseStrictJson(new TextDecoder('utf-8', { fatal: true }).decode(header));
    if (document instanceof Map) return document;
  } catch (error) {
    throw new SafetensorsError(
      file,
      `header is not valid JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  throw new SafetensorsError(file, 'header is not a JSON object');
}

function parseMetadata(value: StrictJson | undefined, file: string): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  if (value === undefined) return metadata;
  if (!(value instanceof Map)) throw new SafetensorsError(file, '__metadata__ is not an object');
  for (const [key, text] of value) {
    if (typeof text !== 'string')
      throw new SafetensorsError(file, `__metadata__ entry ${JSON.stringify(key)} is not a string`);
    metadata.set(key, text);
  }
  return metadata;
}

const isCount = (value: StrictJson | undefined): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0 && !Object.is(value, -0);
const isCounts = (value: StrictJson | undefined): value is number[] => Array.isArray(value) && value.every(isCount);

function parseEntry(name: string, value: StrictJson, dataStart: number, file: string): TensorEntry {
  const fail = (fault: string): never => {
    throw new SafetensorsError(file, `tensor ${JSON.stringify(name)} ${fault}`);
  };
  if (!(value instanceof Map)) return fail('is not described by an object');
  for (const key of value.keys()) {
    if (key !== 'dtype' && key !== 'shape' && key !== 'data_offsets')
      fail(`has the unknown field ${JSON.stringify(key)}`);
  }
  const dtype = value.get('dtype');
  const shape = value.get('shape');
  const offsets = value.get('data_offsets');
  const type = typeof dtype === 'string' ? ELEMENT_TYPES.get(dtype) : undefined;
  if (typeof dtype !== 'string' || type === undefined) {
    return fail(`has element type ${JSON.stringify(dtype)}; expected one of ${[...ELEMENT_TYPES.keys()].join(', ')}`);
  }
  if (!isCounts(shape)) return fail('has a shape that is not a list of whole numbers from 0');
  if (!isCounts(offsets) || offsets.length !== 2) return fail('has data_offsets that are not two whole numbers from 0');
  const elements = shape.reduce((product, size) => product * size, 1);
  const [begin, end] = [offsets[0] ?? 0, offsets[1] ?? 0];
  if (!Number.isSafeInteger(elements * type.bytes)) return fail(`of shape [${shape.join(', ')}] overflows`);
  if (end < begin) return fail(`ends at byte ${end} before it begins at ${begin}`);
  if (end - begin !== elements * type.bytes) {
    return fail(
      `of type ${dtype} and shape [${shape.join(', ')}] takes ${elements * type.bytes} bytes, but its data_offsets span ${end - begin}`,
    );
  }
  return { name, elementType: dtype, shape, elements, begin: dataStart + begin, end: dataStart + end };
}

function checkCoverage(tensors: readonly TensorEntry[], dataStart: number, fileBytes: number, file: string): void {
  let position = dataStart;
  for (const { name, begin, end } of tensors) {
    const tensor = `tensor ${JSON.stringify(name)}`;
    if (end > fileBytes)
      throw new SafetensorsError(file, `${tensor} ends at byte ${end}, but the file holds only ${fileBytes} bytes`);
    if (begin < position)
      throw new SafetensorsError(file, `${tensor} overlaps the tensor before it by ${position - begin} bytes`);
    if (begin > position)
      throw new SafetensorsError(file, `${begin - position} bytes before ${tensor} belong to no tensor`);
    position = end;
  }
  if (position !== fileBytes)
    throw new SafetensorsError(file, `${fileBytes - position} bytes at the end belong to no tensor`);
}
