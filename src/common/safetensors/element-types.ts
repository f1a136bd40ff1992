import type { TensorData, TensorDataType } from '@query2label/engine';

/** Values as a program holds them, or whole numbers of which at least one is beyond 32 bits. */
export type DecodedElements =
  { readonly dtype: TensorDataType; readonly data: TensorData } | BigInt64Array | BigUint64Array;

/** How one element type of the file format becomes ours. */
interface ElementType {
  readonly bytes: number;
  /** @param view exactly the bytes of the tensor, little-endian; the elements may keep its memory, if it has nothing else in it */
  decode(view: DataView, count: number): DecodedElements;
}

type Read = (view: DataView, index: number) => number;

const floatsOf = (bytes: number, read: Read): ElementType => ({
  bytes,
  decode: (view, count) => ({ dtype: 'float32', data: Float32Array.from({ length: count }, (_, i) => read(view, i)) }),
});

const integersOf = (bytes: number, read: Read): ElementType => ({
  bytes,
  decode: (view, count) => ({ dtype: 'int32', data: Int32Array.from({ length: count }, (_, i) => read(view, i)) }),
});

/** Whole numbers that may be beyond 32 bits: int32 if all of them fit, else as they are. */
const largeIntegersOf = (
  bytes: number,
  read: (view: DataView, count: number) => BigInt64Array | BigUint64Array,
): ElementType => ({
  bytes,
  decode: (view, count) => {
    const values = read(view, count);
    if (!values.every((value) => value >= -0x80000000n && value <= 0x7fffffffn)) return values;
    return { dtype: 'int32', data: Int32Array.from(values, Number) };
  },
});

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

/** Eight-bit floats as in "FP8 Formats for Deep Learning" (arXiv 2209.05433); E4M3 has no infinities. */
function eighthToNumber(bits: number, exponentBits: 4 | 5): number {
  const fractionBits = 7 - exponentBits;
  const sign = bits & 0x80 ? -1 : 1;
  const largestExponent = 2 ** exponentBits - 1;
  const exponent = (bits >> fractionBits) & largestExponent;
  const fraction = bits & (2 ** fractionBits - 1);
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponentBits === 4 && (bits & 0x7f) === 0x7f) return NaN;
  if (exponentBits === 5 && exponent === largestExponent) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias - fractionBits);
  return sign * (1 + fraction / 2 ** fractionBits) * 2 ** (exponent - bias);
}

const littleEndianHost = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** A float32 tensor: where host and file agree on the order of bytes, the bytes themselves if nothing else is in their memory, else a copy. */
function floatsIn(view: DataView, count: number): Float32Array {
  if (!littleEndianHost) return Float32Array.from({ length: count }, (_, index) => view.getFloat32(index * 4, true));
  if (view.buffer.byteLength === count * 4) return new Float32Array(view.buffer);
  const values = new Float32Array(count);
  new Uint8Array(values.buffer).set(new Uint8Array(view.buffer, view.byteOffset, count * 4));
  return values;
}

/** All element types of the format: floats become float32, whole numbers int32 if all of a tensor's fit. */
export const ELEMENT_TYPES: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ['F32', { bytes: 4, decode: (view, count) => ({ dtype: 'float32', data: floatsIn(view, count) }) }],
  ['F64', floatsOf(8, (view, i) => view.getFloat64(i * 8, true))],
  ['F16', floatsOf(2, (view, i) => halfToNumber(view.getUint16(i * 2, true)))],
  ['BF16', floatsOf(2, (view, i) => brainFloatToNumber(view.getUint16(i * 2, true)))],
  ['F8_E4M3', floatsOf(1, (view, i) => eighthToNumber(view.getUint8(i), 4))],
  ['F8_E5M2', floatsOf(1, (view, i) => eighthToNumber(view.getUint8(i), 5))],
  [
    'I64',
    largeIntegersOf(8, (view, count) => BigInt64Array.from({ length: count }, (_, i) => view.getBigInt64(i * 8, true))),
  ],
  [
    'U64',
    largeIntegersOf(8, (view, count) =>
      BigUint64Array.from({ length: count }, (_, i) => view.getBigUint64(i * 8, true)),
    ),
  ],
  [
    'U32',
    largeIntegersOf(4, (view, count) =>
      BigInt64Array.from({ length: count }, (_, i) => BigInt(view.getUint32(i * 4, true))),
    ),
  ],
  ['I32', integersOf(4, (view, i) => view.getInt32(i * 4, true))],
  ['I16', integersOf(2, (view, i) => view.getInt16(i * 2, true))],
  ['U16', integersOf(2, (view, i) => view.getUint16(i * 2, true))],
  ['I8', integersOf(1, (view, i) => view.getInt8(i))],
  ['U8', integersOf(1, (view, i) => view.getUint8(i))],
  [
    'BOOL',
    {
      bytes: 1,
      decode: (view, count) => ({
        dtype: 'bool',
        data: Uint8Array.from({ length: count }, (_, i) => (view.getUint8(i) === 0 ? 0 : 1)),
      }),
    },
  ],
]);
