import { halfToNumber } from './half.js';

export type TorchElements =
  Float32Array | Float64Array | BigInt64Array | Int32Array | Int16Array | Int8Array | Uint8Array;

export type TorchDtype =
  'float32' | 'float64' | 'float16' | 'bfloat16' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint8' | 'bool';

/** One element type: its size, and how `elements` of them are gathered from bytes at given places. */
export interface ElementType {
  readonly dtype: TorchDtype;
  readonly bytes: number;
  /** @param at place in elements of each element of the result */
  gather(view: DataView, elements: number, at: (index: number) => number): TorchElements;
}

type NumberArray = Float32Array | Float64Array | Int32Array | Int16Array | Int8Array | Uint8Array;

function numbers(
  dtype: TorchDtype,
  bytes: number,
  create: (elements: number) => NumberArray,
  get: (view: DataView, byte: number) => number,
): ElementType {
  return {
    dtype,
    bytes,
    gather: (view, elements, at) => {
      const values = create(elements);
      for (let index = 0; index < elements; index += 1) values[index] = get(view, at(index) * bytes);
      return values;
    },
  };
}

const int64: ElementType = {
  dtype: 'int64',
  bytes: 8,
  gather: (view, elements, at) => {
    const values = new BigInt64Array(elements);
    for (let index = 0; index < elements; index += 1) values[index] = view.getBigInt64(at(index) * 8, true);
    return values;
  },
};

const scratch = new DataView(new ArrayBuffer(4));

/** bfloat16 is the upper half of a float32. */
function brainFloat(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

const floats = (elements: number): Float32Array => new Float32Array(elements);

/** By the name of PyTorch's storage class in module `torch`. */
export const STORAGE_TYPES: ReadonlyMap<string, ElementType> = new Map([
  ['FloatStorage', numbers('float32', 4, floats, (view, byte) => view.getFloat32(byte, true))],
  [
    'DoubleStorage',
    numbers(
      'float64',
      8,
      (elements) => new Float64Array(elements),
      (view, byte) => view.getFloat64(byte, true),
    ),
  ],
  ['HalfStorage', numbers('float16', 2, floats, (view, byte) => halfToNumber(view.getUint16(byte, true)))],
  ['BFloat16Storage', numbers('bfloat16', 2, floats, (view, byte) => brainFloat(view.getUint16(byte, true)))],
  ['LongStorage', int64],
  [
    'IntStorage',
    numbers(
      'int32',
      4,
      (elements) => new Int32Array(elements),
      (view, byte) => view.getInt32(byte, true),
    ),
  ],
  [
    'ShortStorage',
    numbers(
      'int16',
      2,
      (elements) => new Int16Array(elements),
      (view, byte) => view.getInt16(byte, true),
    ),
  ],
  [
    'CharStorage',
    numbers(
      'int8',
      1,
      (elements) => new Int8Array(elements),
      (view, byte) => view.getInt8(byte),
    ),
  ],
  [
    'ByteStorage',
    numbers(
      'uint8',
      1,
      (elements) => new Uint8Array(elements),
      (view, byte) => view.getUint8(byte),
    ),
  ],
  [
    'BoolStorage',
    numbers(
      'bool',
      1,
      (elements) => new Uint8Array(elements),
      (view, byte) => (view.getUint8(byte) === 0 ? 0 : 1),
    ),
  ],
]);
