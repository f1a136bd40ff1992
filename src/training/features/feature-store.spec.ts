import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryFolder, type TemporaryFolder } from '../../../test/support/temporary-folder.js';
import { createFeatureFolder, listFeatureFolders, MANIFEST } from './feature-folder.js';
import { FeatureRoom } from './feature-room.js';
import { FeatureStore } from './feature-store.js';

const VALUES = 100;
const RECORD = 16 + 4 * VALUES;
const HOUR = 3600;
const valuesOf = (seed: number): Float32Array => Float32Array.from({ length: VALUES }, (_, at) => Math.sin(seed + at));
const keyOf = (seed: number): string => seed.toString(16).padStart(64, '0');

describe('features on disk', () => {
  let root: TemporaryFolder;
  let told: string[];

  beforeEach(async () => {
    root = await temporaryFolder();
    told = [];
  });
  afterEach(() => root.remove());

  async function open(name: string, budget = 2 ** 30): Promise<FeatureStore> {
    const own = await createFeatureFolder(root.path, name, { valuesPerPicture: VALUES });
    const onFull = (reason: string): void => void told.push(reason);
    return new FeatureStore(own, new FeatureRoom({ root: root.path, own, budget, onFull }));
  }

  /** A folder with records that was last used so many hours ago. */
  async function older(name: string, records: number, hours: number): Promise<void> {
    const store = await open(name);
    for (let record = 0; record < records; record += 1) await store.write(keyOf(record), valuesOf(record));
    const then = Date.now() / 1000 - hours * HOUR;
    await utimes(join(root.path, name, MANIFEST), then, then);
  }

  const folders = async (): Promise<string[]> => (await readdir(root.path)).sort();

  it('gives back the same bytes, to another process too', async () => {
    const store = await open('a');
    await store.write(keyOf(1), valuesOf(1));
    const target = new Float32Array(VALUES);
    expect(await store.read(keyOf(2), target)).toBe('missing');
    expect(await (await open('a')).read(keyOf(1), target)).toBe('read');
    expect(target).toEqual(valuesOf(1));
    expect(await listFeatureFolders(root.path)).toEqual([expect.objectContaining({ bytes: RECORD })]);
  });

  it.each([
    [
      'a changed byte',
      (file: Buffer) => Buffer.concat([file.subarray(0, 40), Buffer.of(file[40] ^ 1), file.subarray(41)]),
    ],
    ['a lost end', (file: Buffer) => file.subarray(0, RECORD - 8)],
    ['a header of another format', (file: Buffer) => Buffer.concat([Buffer.from('NOPE'), file.subarray(4)])],
    ['nothing', () => Buffer.alloc(0)],
  ])('finds out a record with %s, and removes it', async (_what, damage) => {
    const store = await open('a');
    await store.write(keyOf(1), valuesOf(1));
    const path = join(root.path, 'a', '00', keyOf(1));
    await writeFile(path, damage(await readFile(path)));
    const target = new Float32Array(VALUES);
    expect(await store.read(keyOf(1), target)).toBe('damaged');
    expect(await store.read(keyOf(1), target)).toBe('missing');
    await store.write(keyOf(1), valuesOf(1));
    expect(await store.read(keyOf(1), target)).toBe('read');
  });

  it('throws out what was not used longest, as much as it needs', async () => {
    await older('oldest', 10, 3);
    await older('old', 10, 2);
    await older('in-use', 10, 0);
    const store = await open('new', 25 * RECORD);
    await store.write(keyOf(1), valuesOf(1));
    expect(await folders()).toEqual(['in-use', 'new']);
    expect(told).toEqual([]);
  });

  it('takes no more than its budget, says so once, and keeps what it has', async () => {
    await older('in-use', 6, 0);
    const store = await open('new', 10 * RECORD);
    for (let record = 0; record < 8; record += 1) await store.write(keyOf(record), valuesOf(record));
    expect(told).toEqual([expect.stringMatching(/4\.1 KiB of Q2L_FEATURE_CACHE_BYTES are used up/)]);
    expect(await folders()).toEqual(['in-use', 'new']);
    const [own] = (await listFeatureFolders(root.path)).filter(({ path }) => path.endsWith('new'));
    expect(own.bytes).toBe(4 * RECORD);
    expect(await store.read(keyOf(3), new Float32Array(VALUES))).toBe('read');
  });

  it('keeps nothing with a budget of 0', async () => {
    const store = await open('new', 0);
    await store.write(keyOf(1), valuesOf(1));
    expect(await store.read(keyOf(1), new Float32Array(VALUES))).toBe('missing');
    expect(told).toHaveLength(1);
  });

  it('goes on when its folder is thrown out meanwhile', async () => {
    const store = await open('a');
    await store.write(keyOf(1), valuesOf(1));
    await rm(join(root.path, 'a'), { recursive: true });
    expect(await store.read(keyOf(1), new Float32Array(VALUES))).toBe('missing');
    await store.write(keyOf(2), valuesOf(2));
    await store.markUse();
    expect(await store.read(keyOf(2), new Float32Array(VALUES))).toBe('read');
  });

  it('throws out folders that nobody can tell the use of, and unfinished ones of long ago', async () => {
    await mkdir(join(root.path, 'strange'));
    await mkdir(join(root.path, 'incoming-1'));
    await mkdir(join(root.path, 'incoming-2'));
    const then = Date.now() / 1000 - 2 * HOUR;
    await utimes(join(root.path, 'incoming-1'), then, then);
    await (await open('new')).write(keyOf(1), valuesOf(1));
    expect(await folders()).toEqual(['incoming-2', 'new']);
    expect((await stat(join(root.path, 'new', '00', keyOf(1)))).size).toBe(RECORD);
  });
});
