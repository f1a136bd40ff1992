import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { drawsFrom } from '../../../test/support/draws.js';
import { isRecord } from '../guards.js';
import { decodeSafetensors, readSafetensors, type SafetensorsContent, SafetensorsError, writeSafetensors } from './index.js'; // prettier-ignore

const ROUNDS = 10_000;
/** Each so many rounds the file is read from the disk, too: that way has code of its own. */
const ON_DISK = 10;
/** Beside twice the file: buffers that others of the process have made meanwhile. */
const SPARE_BYTES = 1024 * 1024;

const draw = drawsFrom(9_2026);
const pick = <Item>(items: readonly Item[]): Item => items[draw(items.length)];

const WORDS = ['-1', '-0', '0', '1', '4294967296', '9007199254740993', '1e308', '1e999', '0.5', '"F64"', '"F16"', '"BF16"', '"I64"', '"U8"', '"BOOL"', 'null', 'true', '[]', '{}', '""', '"__proto__"', '"__metadata__"', '[[[[[[[[[[]]]]]]]]]]', ',', ':', '}', '\\', '\u0000']; // prettier-ignore

/** Changes that reach deeper than the first check of a reader: whole words of the header, with its length put right. */
function changeHeader(file: Buffer): Buffer {
  const length = Number(file.readBigUInt64LE());
  const header = file.toString('utf8', 8, 8 + length);
  const words = [...header.matchAll(/"[^"]*"|-?\d+|[[\]{}:,]/g)];
  const { index, 0: word } = pick(words);
  const by = draw(3) === 0 ? '' : draw(3) === 0 ? pick(words)[0] : pick(WORDS);
  const changed = Buffer.from(header.slice(0, index) + by + header.slice(index + word.length));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(changed.byteLength));
  return Buffer.concat([prefix, changed, file.subarray(8 + length)]);
}

function changeBytes(file: Buffer): Buffer {
  const bytes = Buffer.from(file);
  for (let change = draw(4); change >= 0; change -= 1) bytes[draw(bytes.length)] = draw(256);
  return bytes;
}

function changeLength(file: Buffer): Buffer {
  const bytes = Buffer.from(file);
  bytes.writeBigUInt64LE(pick([0n, 1n, 7n, BigInt(file.length), BigInt(file.length - 8), 99_999_999n, 100_000_001n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n])); // prettier-ignore
  return bytes;
}

const cutOff = (file: Buffer): Buffer => file.subarray(0, draw(file.length));
const append = (file: Buffer): Buffer => Buffer.concat([file, Buffer.alloc(1 + draw(64), draw(256))]);

/** What a reader without any checks makes of a file that ours accepted. */
function expectRight(file: Buffer, { tensors, largeIntegers }: SafetensorsContent): void {
  const length = Number(file.readBigUInt64LE());
  const header: unknown = JSON.parse(file.toString('utf8', 8, 8 + length));
  if (!isRecord(header)) throw new Error('accepted a header that is no object');
  const names = Object.keys(header).filter((name) => name !== '__metadata__');
  expect([...Object.keys(tensors), ...largeIntegers.keys()].toSorted()).toEqual(names.toSorted());
  for (const name of names) {
    const entry = header[name];
    if (!isRecord(entry) || !Array.isArray(entry.data_offsets)) throw new Error('accepted a tensor without offsets');
    const [begin, end] = entry.data_offsets.map((offset) => 8 + length + Number(offset));
    const found = tensors[name] ?? largeIntegers.get(name);
    expect(found.shape).toEqual(entry.shape);
    if (entry.dtype !== 'F32' && entry.dtype !== 'I32') continue;
    const bytes = Buffer.from(found.data.buffer, found.data.byteOffset, found.data.byteLength);
    expect(bytes.equals(file.subarray(begin, end))).toBe(true);
  }
}

describe('mutated safetensors files', () => {
  let folder: string;
  let original: Buffer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'q2l-fuzz-'));
    const path = join(folder, 'original');
    const handle = await open(path, 'w');
    await writeSafetensors(
      handle,
      {
        'layer.weight': { dtype: 'float32', shape: [2, 2], data: Float32Array.of(1.5, -2, 3e30, 0) },
        'layer.bias': { dtype: 'float32', shape: [2], data: Float32Array.of(4, 5) },
        count: { dtype: 'int32', shape: [], data: Int32Array.of(7) },
        mask: { dtype: 'bool', shape: [4], data: Uint8Array.of(1, 0, 0, 1) },
      },
      { format: 'pt' },
    );
    await handle.close();
    original = await readFile(path);
  });

  afterAll(() => rm(folder, { recursive: true }));

  it(`are refused with a SafetensorsError or give the right values, without large allocations: ${ROUNDS} of them`, async () => {
    const changes = [changeHeader, changeHeader, changeHeader, changeBytes, changeLength, cutOff, append];
    let refused = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      let file = original;
      for (let more = draw(3); more >= 0 && file.length > 16; more -= 1) file = tried(pick(changes), file);
      const before = process.memoryUsage().arrayBuffers;
      let content: SafetensorsContent | undefined;
      try {
        content = decodeSafetensors(file, 'mutated');
      } catch (error) {
        expect(error).toBeInstanceOf(SafetensorsError);
        refused += 1;
      }
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * file.length + SPARE_BYTES);
      if (content !== undefined) expectRight(file, content);
      if (round % ON_DISK > 0) continue;
      const path = join(folder, 'mutated');
      await writeFile(path, file);
      const read = await readSafetensors(path).catch((error: unknown) => error);
      if (content === undefined) expect(read).toBeInstanceOf(SafetensorsError);
      else expect(read).toMatchObject({ sha256: content.sha256, tensors: content.tensors });
    }
    // Both happen: mutations reach values as well as headers.
    expect(refused).toBeGreaterThan(ROUNDS / 2);
    expect(refused).toBeLessThan(ROUNDS);
  });
});

/** A change of the header needs one that can be found; a file that is past that is taken as it is. */
function tried(change: (file: Buffer) => Buffer, file: Buffer): Buffer {
  try {
    return change(file);
  } catch {
    return file;
  }
}
