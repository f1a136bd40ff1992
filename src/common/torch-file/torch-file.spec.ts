import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { decodeTorchFile, openTorchFile, TorchDict, TorchFileError, TorchTensor } from './index.js';
import type { TorchFileFault, TorchValue } from './index.js';
import { legacyCheckpoint, zipArchive, zipCheckpoint } from './testing/container-writer.js';
import { call, dictionary, global, integer, list, NONE, pickle, tensor, text, tuple } from './testing/pickle-writer.js';

const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
const data = { 0: floats(1, 2, 3, 4, 5, 6) };
const decode = (bytes: Uint8Array) => decodeTorchFile(bytes, 'case.pth');
const whole = tensor({ stored: 6, shape: [2, 3], stride: [3, 1] });
const transposed = tensor({ stored: 6, shape: [3, 2], stride: [1, 3] });

async function valuesOf(value: TorchValue | undefined): Promise<number[]> {
  return value instanceof TorchTensor ? [...(await value.readFloat32())] : [];
}

const state = dictionary([text('module.weight'), whole], [text('transposed'), transposed]);

describe('torch file', () => {
  it.each([
    ['zip, stored', zipCheckpoint(state, data)],
    ['zip, deflated', zipCheckpoint(state, data, true)],
    ['legacy', legacyCheckpoint(state, [{ key: '0', elements: 6, bytes: data[0] }])],
  ])('reads views of one storage, names untouched: %s', async (_name, bytes) => {
    const folder = await mkdtemp(join(tmpdir(), 'q2l-torch-'));
    await writeFile(join(folder, 'case.pth'), bytes);
    const { value, close } = await openTorchFile(join(folder, 'case.pth'));
    const content = value instanceof TorchDict ? value : new TorchDict();
    expect([...content.keys()]).toEqual(['module.weight', 'transposed']);
    expect(await valuesOf(content.get('module.weight'))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await valuesOf(content.get('transposed'))).toEqual([1, 4, 2, 5, 3, 6]);
    await close();
    await rm(folder, { recursive: true });
  });

  it('reads a repeated row, an offset, and a view of the oldest format', async () => {
    const content = list(
      tensor({ stored: 6, offset: 1, shape: [2, 2], stride: [0, 1] }),
      tensor({ stored: 6, offset: 0, shape: [2], stride: [1], view: tuple(text('v'), integer(4), integer(2)) }),
    );
    const { value } = await decode(zipCheckpoint(content, data));
    expect(await valuesOf(Array.isArray(value) ? value[0] : null)).toEqual([2, 3, 2, 3]);
    expect(await valuesOf(Array.isArray(value) ? value[1] : null)).toEqual([5, 6]);
  });

  const selfContaining = Buffer.concat([Buffer.from([0x5d, 0x71, 0]), Buffer.from([0x68, 0, 0x61])]);
  // a list that holds the one before it ten times, eight times over: 10^8 values in 200 bytes
  const bomb = Buffer.concat([
    list(),
    ...Array.from({ length: 8 }, (_, index) =>
      Buffer.concat([
        Buffer.from([0x71, index]),
        list(...Array.from({ length: 10 }, () => Buffer.from([0x68, index]))),
      ]),
    ),
  ]);
  const big = (size: number) => tensor({ stored: 6, shape: [size, size], stride: [0, 0] });
  const refusals: readonly (readonly [name: string, bytes: Uint8Array, fault: TorchFileFault, message: RegExp])[] = [
    ['a call', zipCheckpoint(call(global('posix', 'system'), text('id'))), 'refused', /"posix.system"/],
    ['a class', zipCheckpoint(global('argparse', 'Namespace')), 'refused', /"argparse.Namespace"/],
    ['a name without a call', zipCheckpoint(global('torch', 'FloatStorage')), 'refused', /torch.FloatStorage/],
    ['a call of a value', zipCheckpoint(call(text('eval'))), 'refused', /no known function/],
    ['a new object', zipCheckpoint(Buffer.concat([NONE, tuple(), Buffer.from([0x81])])), 'refused', /NEWOBJ/],
    ['a complex tensor', zipCheckpoint(global('torch', 'ComplexFloatStorage')), 'refused', /ComplexFloatStorage/],
    ['a missing storage', zipCheckpoint(whole), 'damaged', /no entry "model\/data\/0"/],
    ['a short storage', zipCheckpoint(whole, { 0: floats(1) }), 'damaged', /4 bytes where its tensors need 24/],
    [
      'a view too far',
      zipCheckpoint(tensor({ stored: 6, shape: [2], stride: [6] }), data),
      'damaged',
      /reaches beyond/,
    ],
    ['negative strides', zipCheckpoint(tensor({ stored: 6, shape: [2], stride: [-1] }), data), 'damaged', /stride/],
    [
      'a stride missing',
      zipCheckpoint(tensor({ stored: 6, shape: [2, 3], stride: [1] }), data),
      'damaged',
      /1 strides/,
    ],
    ['a huge repeated tensor', zipCheckpoint(big(10_000), data), 'too-large', /more than 16777216/],
    ['a list within itself', zipCheckpoint(selfContaining), 'too-large', /nested deeper/],
    ['few lists that mean many', zipCheckpoint(bomb), 'too-large', /more than 8000000 values/],
    ['a value that was not stored', zipCheckpoint(Buffer.from([0x68, 7])), 'damaged', /refers to value 7/],
    ['a text that is not UTF-8', zipCheckpoint(Buffer.from([0x8c, 1, 0xff])), 'damaged', /malformed at byte 2/],
    ['a text longer than the file', zipCheckpoint(Buffer.from([0x58, 255, 255, 255, 127])), 'damaged', /ends before/],
    ['a missing data.pkl', zipArchive({ 'model/readme': Buffer.from('x') }), 'damaged', /0 entries named data.pkl/],
    ['an empty file', Buffer.alloc(0), 'damaged', /ends after 0 bytes/],
    ['a text file', Buffer.from('not a checkpoint, but long enough to try'), 'damaged', /unknown instruction/],
    ['a bare pickle', pickle(list()), 'unsupported', /no PyTorch checkpoint/],
    ['big-endian data', legacyCheckpoint(state, [], false), 'unsupported', /big-endian/],
    ['a legacy storage missing', legacyCheckpoint(state), 'damaged', /storage "0" are missing/],
    [
      'a legacy storage of another size',
      legacyCheckpoint(state, [{ key: '0', elements: 5, bytes: floats(1, 2, 3, 4, 5) }]),
      'damaged',
      /5 elements where its tensors state 6/,
    ],
    [
      'a legacy file cut off in its data',
      legacyCheckpoint(state, [{ key: '0', elements: 6, bytes: floats(1, 2) }]),
      'damaged',
      /data need/,
    ],
  ];
  it.each(refusals)('refuses %s', async (_name, bytes, fault, message) => {
    const error: unknown = await decode(bytes).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TorchFileError);
    expect(error).toMatchObject({ fault });
    expect(error instanceof TorchFileError ? error.message : '').toMatch(message);
  });

  it('notices a flipped bit in the data', async () => {
    const bytes = zipCheckpoint(state, data);
    bytes[bytes.indexOf(Buffer.from(floats(2)))] ^= 1;
    const { value } = await decode(bytes);
    await expect(valuesOf(value instanceof TorchDict ? value.get('module.weight') : null)).rejects.toThrow(/checksum/);
  });

  it('does not inflate more than an entry states', async () => {
    const bytes = zipCheckpoint(list(text('x'.repeat(100_000))), {}, true);
    const sizes = [bytes.indexOf('PK\x03\x04') + 22, bytes.indexOf('PK\x01\x02') + 24];
    for (const place of sizes) bytes.writeUInt32LE(1000, place);
    await expect(decode(bytes)).rejects.toThrow(/cannot be inflated to 1000 bytes/);
  });

  it('answers 4,000 mutated files with values or a TorchFileError, nothing else', async () => {
    const originals = [
      zipCheckpoint(state, data),
      zipCheckpoint(state, data, true),
      legacyCheckpoint(state, [{ key: '0', elements: 6, bytes: data[0] }]),
    ];
    let random = 20210722;
    const draw = (bound: number): number => {
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
      return Math.floor((random / 2 ** 32) * bound);
    };
    const read = async (bytes: Uint8Array): Promise<void> => {
      const { value } = await decode(bytes);
      for (const item of value instanceof TorchDict ? value.values() : []) await valuesOf(item);
    };
    let refused = 0;
    for (let round = 0; round < 4000; round += 1) {
      const original = originals[round % originals.length];
      const bytes = Uint8Array.from(original);
      for (let change = draw(3); change >= 0; change -= 1) bytes[draw(bytes.length)] = draw(256);
      const mutated = draw(5) === 0 ? bytes.subarray(0, draw(bytes.length)) : bytes;
      const error: unknown = await read(mutated).catch((reason: unknown) => reason);
      if (error === undefined) continue;
      expect(error).toBeInstanceOf(TorchFileError);
      refused += 1;
    }
    expect(refused).toBeGreaterThan(1000);
    expect(refused).toBeLessThan(4000);
  });
});
