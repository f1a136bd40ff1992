import { crc32 } from 'node:zlib';

/** "Q2LF" in the order of the bytes. */
const MAGIC = 0x464c3251;
const VERSION = 1;
export const HEADER_BYTES = 16;

/** The bytes of a float32 array, without a copy. */
export function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** What stands before the values in a record: mark, version, number of values, CRC-32 of the values; 32 bits each, little-endian. */
export function headerOf(values: Float32Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  [MAGIC, VERSION, values.length, crc32(bytesOf(values))].forEach((word, index) =>
    header.setUint32(4 * index, word, true),
  );
  return new Uint8Array(header.buffer);
}

/** Whether a header was written for these values. */
export function fits(header: Uint8Array, values: Float32Array): boolean {
  return Buffer.compare(header, headerOf(values)) === 0;
}
