import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { NamedValues } from '@query2label/engine';
import { decodeSafetensors, readSafetensors, SafetensorsError, writeSafetensors } from './index.js';

/** A file with the given header text and data, header length included. */
function fileOf(header: string, data: Uint8Array = new Uint8Array(0), length?: bigint): Uint8Array {
  const json = Buffer.from(header, 'utf8');
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(length ?? BigInt(json.byteLength));
  return Buffer.concat([prefix, json, data]);
}

const floats = (...values: number[]): Uint8Array => new Uint8Array(new Float32Array(values).buffer);
const entry = (dtype: string, shape: number[], offsets: number[]): string =>
  JSON.stringify({ dtype, shape, data_offsets: offsets });
/** A header of so many empty tensors. */
const manyTensors = (count: number): string =>
  `{${Array.from({ length: count }, (_, index) => `"t${index}":${entry('F32', [0], [0, 0])}`).join(',')}}`;
const decode = (bytes: Uint8Array) => decodeSafetensors(bytes, 'case.safetensors');

describe('safetensors', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'q2l-safetensors-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function write(tensors: NamedValues, name = 'file.safetensors'): Promise<{ path: string; sha256: string }> {
    const path = join(folder, name);
    const handle = await open(path, 'w');
    const { sha256 } = await writeSafetensors(handle, tensors, { format: 'pt' });
    await handle.close();
    return { path, sha256 };
  }

  it('reads back what it wrote: names, types, shapes, every bit, and the hash', async () => {
    const tensors: NamedValues = {
      'layer.weight': { dtype: 'float32', shape: [2, 2], data: new Float32Array([1.5, -0, NaN, Infinity]) },
      'layer.count': { dtype: 'int32', shape: [], data: new Int32Array([-7]) },
      mask: { dtype: 'bool', shape: [3], data: new Uint8Array([1, 0, 1]) },
      ['__proto__']: { dtype: 'float32', shape: [0, 4], data: new Float32Array(0) },
    };
    const { path, sha256 } = await write(tensors);
    const content = await readSafetensors(path);
    expect(Object.keys(content.tensors).sort()).toEqual(Object.keys(tensors).sort());
    for (const [name, value] of Object.entries(tensors)) expect(content.tensors[name]).toEqual(value);
    expect(content.sha256).toBe(sha256);
    expect(content.metadata.get('format')).toBe('pt');
  });

  it('gives equal bytes for equal values, whatever the order of the names', async () => {
    const a = { dtype: 'float32', shape: [1], data: new Float32Array([1]) } as const;
    const b = { dtype: 'float32', shape: [1], data: new Float32Array([2]) } as const;
    const first = await write({ a, b }, 'first');
    const second = await write({ b, a }, 'second');
    expect(await readFile(first.path)).toEqual(await readFile(second.path));
  });

  it('converts half, bfloat16, double and 64-bit integers', () => {
    const data = new DataView(new ArrayBuffer(28));
    data.setUint16(0, 0x3e00, true);
    data.setUint16(2, 0x0001, true);
    data.setUint16(4, 0xc049, true);
    data.setUint16(6, 0x7f80, true);
    data.setFloat64(8, 0.1, true);
    data.setBigInt64(16, -3n, true);
    data.setInt32(24, 9, true);
    const header = `{"a":${entry('F16', [2], [0, 4])},"b":${entry('BF16', [2], [4, 8])},"c":${entry('F64', [1], [8, 16])},"d":${entry('I64', [1], [16, 24])},"e":${entry('I32', [1], [24, 28])}}`;
    const { tensors } = decode(fileOf(header, new Uint8Array(data.buffer)));
    expect(tensors['a']?.data).toEqual(new Float32Array([1.5, 2 ** -24]));
    expect(tensors['b']?.data).toEqual(new Float32Array([-3.140625, Infinity]));
    expect(tensors['c']?.data).toEqual(new Float32Array([0.1]));
    expect(tensors['d']?.data).toEqual(new Int32Array([-3]));
    expect(tensors['e']?.data).toEqual(new Int32Array([9]));
  });

  it('keeps whole numbers beyond 32 bits exact, apart from what a program can hold', () => {
    const data = new DataView(new ArrayBuffer(36));
    data.setBigInt64(0, 1n, true);
    data.setBigInt64(8, -(2n ** 62n) - 1n, true);
    data.setBigUint64(16, 2n ** 64n - 1n, true);
    data.setBigInt64(24, -(2n ** 31n), true);
    data.setUint32(32, 2 ** 32 - 1, true);
    const header = `{"a":${entry('I64', [2], [0, 16])},"b":${entry('U64', [], [16, 24])},"c":${entry('I64', [], [24, 32])},"d":${entry('U32', [1], [32, 36])}}`;
    const { tensors, largeIntegers } = decode(fileOf(header, new Uint8Array(data.buffer)));
    expect(largeIntegers.get('a')).toEqual({ shape: [2], data: BigInt64Array.of(1n, -(2n ** 62n) - 1n) });
    expect(largeIntegers.get('b')).toEqual({ shape: [], data: BigUint64Array.of(2n ** 64n - 1n) });
    expect(largeIntegers.get('d')).toEqual({ shape: [1], data: BigInt64Array.of(2n ** 32n - 1n) });
    expect(Object.keys(tensors)).toEqual(['c']);
    expect(tensors['c'].data).toEqual(Int32Array.of(-(2 ** 31)));
  });

  it('reads both eight-bit floats: largest, least, one, infinity and NaN', () => {
    const data = Uint8Array.of(0x7e, 0x01, 0x38, 0xff, 0x7b, 0x01, 0x3c, 0xfc, 0x7f);
    const header = `{"a":${entry('F8_E4M3', [4], [0, 4])},"b":${entry('F8_E5M2', [5], [4, 9])}}`;
    const { tensors } = decode(fileOf(header, data));
    expect([...tensors['a'].data]).toEqual([448, 2 ** -9, 1, NaN]);
    expect([...tensors['b'].data]).toEqual([57344, 2 ** -16, 1, -Infinity, NaN]);
  });

  const one = entry('F32', [1], [0, 4]);
  const malformed: readonly (readonly [name: string, bytes: Uint8Array, fault: RegExp])[] = [
    ['a file shorter than the header length', new Uint8Array(5), /holds 5 bytes/],
    ['a header of length 0', fileOf('', floats(1), 0n), /header length is 0/],
    ['a header longer than the file', fileOf('{}', floats(1), 500n), /ends at byte 508/],
    ['a header length beyond the limit', fileOf('{}', floats(1), 100_000_001n), /exceeds the limit/],
    ['a header length of 2^64 - 1', fileOf('{}', floats(1), 0xffffffffffffffffn), /exceeds the limit/],
    ['a header that does not start with a brace', fileOf(' {}'), /does not start/],
    [
      'a header that is not UTF-8',
      Buffer.concat([fileOf('', new Uint8Array(0), 4n), Buffer.from([0x7b, 0x22, 0xff, 0x7d])]),
      /not valid JSON/,
    ],
    ['a header that is not JSON', fileOf('{"a":'), /not valid JSON/],
    ['text after the header object', fileOf('{}x'), /not valid JSON/],
    ['a duplicate name', fileOf(`{"a":${one},"a":${one}}`, floats(1)), /duplicate key "a"/],
    ['a duplicate field', fileOf('{"a":{"dtype":"F32","dtype":"F32"}}'), /duplicate key "dtype"/],
    [
      'an unknown field',
      fileOf('{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4],"x":1}}', floats(1)),
      /unknown field "x"/,
    ],
    ['a missing field', fileOf('{"a":{"dtype":"F32","shape":[1]}}'), /data_offsets/],
    [
      'an unknown element type',
      fileOf(`{"a":${entry('F8', [4], [0, 4])}}`, floats(1)),
      /element type "F8"; expected one of F32/,
    ],
    ['a negative size', fileOf(`{"a":${entry('F32', [-1], [0, 4])}}`, floats(1)), /shape/],
    ['a fractional size', fileOf(`{"a":${entry('F32', [0.5], [0, 4])}}`, floats(1)), /shape/],
    ['a shape that overflows', fileOf(`{"a":${entry('F32', [2 ** 40, 2 ** 40], [0, 4])}}`, floats(1)), /overflows/],
    ['offsets in the wrong order', fileOf(`{"a":${entry('F32', [1], [4, 0])}}`, floats(1)), /before it begins/],
    [
      'offsets that disagree with the shape',
      fileOf(`{"a":${entry('F32', [2], [0, 4])}}`, floats(1)),
      /takes 8 bytes, but its data_offsets span 4/,
    ],
    ['a tensor beyond the end', fileOf(`{"a":${entry('F32', [2], [0, 8])}}`, floats(1)), /ends at byte/],
    [
      'overlapping tensors',
      fileOf(`{"a":${entry('F32', [2], [0, 8])},"b":${entry('F32', [1], [4, 8])}}`, floats(1, 2)),
      /overlaps/,
    ],
    [
      'a hole between tensors',
      fileOf(`{"a":${one},"b":${entry('F32', [1], [8, 12])}}`, floats(1, 2, 3)),
      /4 bytes before tensor "b"/,
    ],
    ['bytes after the last tensor', fileOf(`{"a":${one}}`, floats(1, 2)), /4 bytes at the end/],
    ['metadata that are not strings', fileOf('{"__metadata__":{"a":1}}'), /__metadata__ entry "a"/],
    ['metadata that are not an object', fileOf('{"__metadata__":[]}'), /__metadata__ is not an object/],
    ['a header that ends one byte beyond the file', fileOf('{}', new Uint8Array(0), 3n), /ends at byte 11, but the file holds only 10/], // prettier-ignore
    ['a header that is a list', fileOf('[]'), /does not start/],
    ['a tensor described by a list', fileOf('{"a":[]}'), /not described by an object/],
    ['a duplicate name by an escape', fileOf(`{"a":${one},"\\u0061":${one}}`, floats(1)), /duplicate key "a"/],
    ['duplicate metadata', fileOf('{"__metadata__":{},"__metadata__":{}}'), /duplicate key "__metadata__"/],
    [
      'a duplicate __proto__',
      fileOf(`{"__proto__":${one},"__proto__":${one}}`, floats(1)),
      /duplicate key "__proto__"/,
    ],
    ['a field __proto__', fileOf(`{"a":{"__proto__":{"dtype":"F32"},"shape":[1],"data_offsets":[0,4]}}`, floats(1)), /unknown field "__proto__"/], // prettier-ignore
    ['an element type that is a number', fileOf('{"a":{"dtype":4,"shape":[1],"data_offsets":[0,4]}}', floats(1)), /element type 4; expected one of/], // prettier-ignore
    ['an element type by the name of a method', fileOf(`{"a":${entry('constructor', [1], [0, 4])}}`, floats(1)), /element type "constructor"/], // prettier-ignore
    ['a shape that is no list', fileOf('{"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}', floats(1)), /shape that is not a list/], // prettier-ignore
    ['a size of minus zero', fileOf('{"a":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}'), /shape/],
    ['a size beyond 2^53', fileOf('{"a":{"dtype":"F32","shape":[9007199254740993],"data_offsets":[0,4]}}', floats(1)), /shape/], // prettier-ignore
    ['a size of 1e999', fileOf('{"a":{"dtype":"F32","shape":[1e999],"data_offsets":[0,4]}}', floats(1)), /shape/],
    [
      'a shape whose bytes alone overflow',
      fileOf(`{"a":${entry('F64', [2 ** 51], [0, 8])}}`, floats(1, 2)),
      /overflows/,
    ],
    [
      'a shape that overflows before a zero',
      fileOf(`{"a":${entry('F32', [2 ** 52, 2 ** 52, 2], [0, 0])}}`),
      /overflows/,
    ],
    ['negative offsets', fileOf('{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}', floats(1)), /data_offsets/],
    ['offsets beyond 2^53', fileOf('{"a":{"dtype":"F32","shape":[1],"data_offsets":[9007199254740993,9007199254740997]}}', floats(1)), /data_offsets/], // prettier-ignore
    ['offsets that end beyond 2^53', fileOf(`{"a":${entry('F32', [1], [2 ** 53 - 5, 2 ** 53 - 1])}}`, floats(1)), /ends at byte/], // prettier-ignore
    ['three offsets', fileOf('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}', floats(1)), /data_offsets/],
    ['a hole before the first tensor', fileOf(`{"a":${entry('F32', [1], [4, 8])}}`, floats(1, 2)), /4 bytes before tensor "a"/], // prettier-ignore
    ['an empty tensor inside another', fileOf(`{"a":${entry('F32', [2], [0, 8])},"b":${entry('F32', [0], [4, 4])}}`, floats(1, 2)), /overlaps/], // prettier-ignore
    [
      'two tensors at the same place',
      fileOf(`{"a":${one},"b":${one}}`, floats(1)),
      /overlaps the tensor before it by 4/,
    ],
    ['data without a tensor', fileOf('{}', floats(1)), /4 bytes at the end/],
    ['a million tensors', fileOf(manyTensors(1_000_000)), /more than 100000 entries in one object/],
    ['a shape of a million sizes', fileOf(`{"a":${entry('F32', Array.from({ length: 1_000_000 }, () => 1), [0, 4])}}`, floats(1)), /more than 100000 entries in one list/], // prettier-ignore
    ['deep nesting', fileOf(`{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`), /nested deeper/],
  ];

  it.each(malformed)('refuses %s', async (_name, bytes, fault) => {
    expect(() => decode(bytes)).toThrow(SafetensorsError);
    expect(() => decode(bytes)).toThrow(fault);
    const path = join(folder, 'case.safetensors');
    await writeFile(path, bytes);
    await expect(readSafetensors(path)).rejects.toThrow(fault);
  });

  it('reads as many tensors as any file may have', () => {
    expect(Object.keys(decode(fileOf(manyTensors(100_000))).tensors)).toHaveLength(100_000);
  });

  it('reads a tensor named __proto__ as an ordinary one', () => {
    const { tensors } = decode(fileOf(`{"__proto__":${one}}`, floats(3)));
    expect(Object.getPrototypeOf(tensors)).toBe(Object.prototype);
    expect(Object.entries(tensors).map(([name]) => name)).toEqual(['__proto__']);
  });
});
