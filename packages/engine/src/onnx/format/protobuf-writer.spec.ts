import { describe, expect, it } from '@jest/globals';
import { ProtobufWriter } from './protobuf-writer.js';

/** Reads a varint back, as the wire format defines it: seven bits a byte, the lowest first. */
function readVarint(bytes: Uint8Array): bigint {
  return bytes.reduce((sum, byte, index) => sum | (BigInt(byte & 127) << BigInt(7 * index)), 0n);
}

describe('ProtobufWriter', () => {
  it.each([
    [0, 1],
    [127, 1],
    [128, 2],
    [16_383, 2],
    [16_384, 3],
    [2 ** 31, 5],
    [2 ** 32 + 1, 5],
    [Number.MAX_SAFE_INTEGER, 8],
    [2n ** 63n - 1n, 9],
    [-1, 10],
    [-(2n ** 63n), 10],
  ])('writes the whole number %s in %i bytes', (value, length) => {
    const [tag, ...bytes] = new ProtobufWriter().integer(1, value).finish();
    expect(tag).toBe(8);
    expect(bytes).toHaveLength(length);
    expect(BigInt.asIntN(64, readVarint(Uint8Array.from(bytes)))).toBe(BigInt(value));
    expect(bytes.every((byte, index) => byte >= 128 === index < length - 1)).toBe(true);
  });

  it('refuses numbers that are not whole', () => {
    expect(() => new ProtobufWriter().integer(1, 1.5)).toThrow(RangeError);
  });
});
