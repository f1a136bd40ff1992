import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CheckpointPlace, checkpointPlace } from '../support/checkpoint-place.js';
import { sqliteLocation } from '../support/test-location.js';
import { drawsFrom } from '../support/draws.js';
import { tryFault } from './support/fault-record.js';

const FLIPS = 1000;
const PARTS = 16;

describe('a checkpoint that was damaged on the disk', () => {
  let place: CheckpointPlace;
  let id: string;
  let files: string[];

  beforeAll(async () => {
    place = await checkpointPlace(sqliteLocation);
    ({ id } = await place.write());
    const { manifest } = await place.store.loadTraining(id);
    files = ['manifest.json', ...Object.keys(manifest.files)];
    expect(files).toHaveLength(4);
  });

  afterAll(() => place.remove());

  /** Loads it, and puts the file back. */
  async function expectNamed(file: string, damage: (path: string) => Promise<void>): Promise<void> {
    const path = join(place.store.folder(id), file);
    const whole = await readFile(path);
    await damage(path);
    try {
      const error = await place.store.loadTraining(id).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'DAMAGED_CHECKPOINT', file, checkpoint: id });
    } finally {
      await writeFile(path, whole);
    }
  }

  it(`each file cut at each of ${PARTS} places: refused with the file named`, async () => {
    for (const file of files) {
      const { size } = await stat(join(place.store.folder(id), file));
      for (let part = 0; part < PARTS; part += 1) {
        await tryFault('file of a checkpoint cut off', file, () =>
          expectNamed(file, (path) => truncate(path, Math.floor((size * part) / PARTS))),
        );
      }
    }
    expect((await place.store.loadTraining(id)).manifest.id).toBe(id);
  });

  it(`${FLIPS} single bits flipped at random: each refused with the file named`, async () => {
    const draw = drawsFrom(20_261_125);
    for (let flip = 0; flip < FLIPS; flip += 1) {
      const file = files[flip % files.length];
      await tryFault('bit of a checkpoint flipped', file, () =>
        expectNamed(file, async (path) => {
          const bytes = await readFile(path);
          bytes[draw(bytes.length)] ^= 1 << draw(8);
          await writeFile(path, bytes);
        }),
      );
    }
    expect((await place.store.loadTraining(id)).manifest.id).toBe(id);
  });
});
