import type { TensorData, TensorDataType } from '@query2label/engine';

/** How one element type of the file format becomes ours. */
interface ElementType {
  readonly bytes: number;
  readonly dtype: TensorDataType;
  /** @param view exactly the bytes of the tensor, little-endian */
  decode(view: DataView, count: number): TensorData;
}

const floats = (count: number, element: (index: number) => number): Float32Array => {
  const values = new Float32Array(count);
  for (let index = 0; index < count; index += 1) values[index] = element(index);
  return values;
};

const integers = (count: number, element: (index: number) => number): Int32Array => {
  const values = new Int32Array(count);
  for (let index = 0; index < count; index += 1) values[index] = element(index);
  return values;
};

/** IEEE 754 half precision: 1 sign, 5 exponent and 10 fraction bits. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const scratch = new DataView(new ArrayBuffer(4));
/** bfloat16: the upper half of a float32. */
function brainFloatToNumber(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

function smallInteger(value: bigint): number {
  if (value < -0x80000000n || value > 0x7fffffffn)
    throw new RangeError(`the 64-bit integer ${value} does not fit into 32 bits`);
  return Number(value);
}

const littleEndianHost = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Bytes of a float32 tensor without going through each element where host and file agree on the order of bytes. */
function copyFloats(view: DataView, count: number): Float32Array {
  if (!littleEndianHost) return floats(count, (index) => view.getFloat32(index * 4, true));
  const values = new Float32Array(count);
  new Uint8Array(values.buffer).set(new Uint8Array(view.buffer, view.byteOffset, count * 4));
  return values;
}

/** The element types that are read; float64, float16 and bfloat16 become float32, 64-bit integers int32 if they fit. */
export const ELEMENT_TYPES: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ['F32', { bytes: 4, dtype: 'float32', decode: copyFloats }],
  ['F64', { bytes: 8, dtype: 'float32', decode: (view, count) => floats(count, (i) => view.getFloat64(i * 8, true)) }],
  [
    'F16',
    {
      bytes: 2,
      dtype: 'float32',
      decode: (view, count) => floats(count, (i) => halfToNumber(view.getUint16(i * 2, true))),
    },
  ],
  [
    'BF16',
    {
      bytes: 2,
      dtype: 'float32',
      decode: (view, count) => floats(count, (i) => brainFloatToNumber(view.getUint16(i * 2, true))),
    },
  ],
  [
    'I64',
    {
      bytes: 8,
      dtype: 'int32',
      decode: (view, count) => integers(count, (i) => smallInteger(view.getBigInt64(i * 8, true))),
    },
  ],
  ['I32', { bytes: 4, dtype: 'int32', decode: (view, count) => integers(count, (i) => view.getInt32(i * 4, true)) }],
  ['I16', { bytes: 2, dtype: 'int32', decode: (view, count) => integers(count, (i) => view.getInt16(i * 2, true)) }],
  ['I8', { bytes: 1, dtype: 'int32', decode: (view, count) => integers(count, (i) => view.getInt8(i)) }],
  ['U8', { bytes: 1, dtype: 'int32', decode: (view, count) => integers(count, (i) => view.getUint8(i)) }],
  [
    'BOOL',
    {
      bytes: 1,
      dtype: 'bool',
      decode: (view, count) => Uint8Array.from({ length: count }, (_, i) => (view.getUint8(i) === 0 ? 0 : 1)),
    },
  ],
]);
