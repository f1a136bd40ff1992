import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Checkpoint } from '../../src/checkpoint/checkpoint.entity.js';
import { CheckpointWriteError } from '../../src/checkpoint/container/checkpoint-write-error.js';
import { type CheckpointPlace, checkpointPlace } from '../support/checkpoint-place.js';
import { FaultyFileOperations, systemError } from '../support/faulty-file-operations.js';
import { sqliteLocation } from '../support/test-location.js';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.js';
import { asNobody } from './support/as-nobody.js';
import { tryFault } from './support/fault-record.js';
import { canMountSmallDisk, mountSmallDisk, type SmallDisk } from './support/small-disk.js';

const DISK_BYTES = 256 * 1024;
const BLOCK = 4096;
const onSmallDisk = canMountSmallDisk() ? it : it.skip;

describe('a disk that fails while a checkpoint is written', () => {
  let folder: TemporaryFolder;
  let root: string;
  let disk: SmallDisk | undefined;
  let place: CheckpointPlace;
  let old: Checkpoint;

  beforeEach(async () => {
    folder = await temporaryFolder();
    root = join(folder.path, 'checkpoints');
    await mkdir(root);
    disk = mountSmallDisk(root, DISK_BYTES);
    place = await checkpointPlace(sqliteLocation, folder.path);
    old = await place.write();
  });

  afterEach(async () => {
    disk?.unmount();
    await place.remove();
    await folder.remove();
  });

  /** What is promised after a failed attempt: the old one is whole, of the new one there is nothing, and the next attempt succeeds. */
  async function expectUntouched(): Promise<void> {
    expect((await place.store.loadTraining(old.id)).manifest.id).toBe(old.id);
    expect(await place.database.read.count(Checkpoint)).toBe(1);
    const left = (await readdir(root)).filter((name) => name !== 'filler');
    expect(left).toEqual([old.id]);
  }

  async function expectNextSucceeds(): Promise<void> {
    const { id } = await place.write();
    expect((await place.store.loadTraining(id)).manifest.id).toBe(id);
    await place.service.delete(id);
  }

  const failsWith = (code: string) => ({ name: 'CheckpointWriteError', details: expect.objectContaining({ cause: code }) }); // prettier-ignore

  onSmallDisk(
    'full (a real small disk, filled to leave 0, 1, 2 ... blocks): refused as full until there is room',
    async () => {
      // A tmpfs counts whole pages: a filler of the rest leaves exactly so many free.
      let refused = 0;
      for (let free = 0; ; free += 1) {
        await rm(join(root, 'filler'), { force: true });
        await fill(join(root, 'filler'), free);
        const outcome = await place.write().catch((error: unknown) => error);
        await tryFault('disk full while writing a checkpoint', 'small disk', async () => {
          if (!(outcome instanceof Checkpoint)) expect(outcome).toMatchObject(failsWith('ENOSPC'));
          else await place.service.delete(outcome.id);
          await expectUntouched();
        });
        if (outcome instanceof Checkpoint) break;
        refused += 1;
        expect(free).toBeLessThan(DISK_BYTES / BLOCK);
      }
      // Each of the files needs a block of its own.
      expect(refused).toBeGreaterThan(3);
      await rm(join(root, 'filler'));
      await expectNextSucceeds();
    },
  );

  onSmallDisk('mounted read-only (a real one)', async () => {
    await tryFault('file system read-only while writing a checkpoint', 'small disk', async () => {
      disk?.setReadOnly(true);
      await expect(place.write()).rejects.toMatchObject(failsWith('EROFS'));
      disk?.setReadOnly(false);
      await expectUntouched();
      await expectNextSucceeds();
    });
  });

  it('a folder that the user may not write to', async () => {
    await chmod(folder.path, 0o755);
    await tryFault('folder not writable', 'folder of checkpoints', async () => {
      await chmod(root, 0o555);
      await asNobody(() => expect(place.write()).rejects.toMatchObject(failsWith('EACCES')));
      await chmod(root, 0o755);
      await expectUntouched();
      await expectNextSucceeds();
    });
  });

  it.each(['ENOSPC', 'EIO', 'EACCES', 'EROFS'])('%s at every step, told by the file operations', async (code) => {
    const probe = new FaultyFileOperations();
    const written = await place.write({}, place.over(probe));
    await place.service.delete(written.id);
    for (const number of probe.steps.keys()) {
      await tryFault(`${code} at a step of writing a checkpoint`, 'every step', async () => {
        const operations = new FaultyFileOperations((step, at) => {
          if (at === number) throw systemError(code, step);
        });
        const outcome = await place.write({}, place.over(operations)).catch((error: unknown) => error);
        if (outcome instanceof Checkpoint) {
          // Only the mark was left, after the record was kept: the checkpoint counts, and the mark goes with the next reconciliation.
          expect(probe.steps[number].name).toBe('remove');
          expect((await place.store.loadTraining(outcome.id)).manifest.id).toBe(outcome.id);
          await place.service.delete(outcome.id);
        } else {
          expect(outcome).toBeInstanceOf(CheckpointWriteError);
        }
        // A process that lives owns its marks: they are cleared by the next attempt or at its end.
        for (const name of await readdir(root)) if (name.startsWith('.writing-')) await rm(join(root, name));
        await expectUntouched();
      });
    }
    await expectNextSucceeds();
  });

  it('everything fails from some step on, cleaning up included: the old one is whole, the rest goes at the next start', async () => {
    const probe = new FaultyFileOperations();
    await place.service.delete((await place.write({}, place.over(probe))).id);
    const recorded = probe.steps.findIndex(({ name }) => name === 'remove');
    for (let number = 0; number < recorded; number += 1) {
      await tryFault('disk lost at a step of writing a checkpoint', 'every step', async () => {
        const operations = new FaultyFileOperations((step, at) => {
          if (at >= number) throw systemError('EIO', step);
        });
        await expect(place.write({}, place.over(operations))).rejects.toMatchObject(failsWith('EIO'));
        expect((await place.store.loadTraining(old.id)).manifest.id).toBe(old.id);
        for (const name of await readdir(root)) if (name.startsWith('.writing-')) await rm(join(root, name));
        const { quarantined } = await place.reconciler.reconcile(true);
        for (const { place: where } of quarantined) await rm(join(root, where), { recursive: true });
        await rm(join(root, '.quarantine'), { recursive: true, force: true });
        await expectUntouched();
      });
    }
  });
});

/** Writes until the disk is full, then gives back some blocks. */
async function fill(path: string, free: number): Promise<void> {
  for (let blocks = DISK_BYTES / BLOCK; blocks >= 0; blocks -= 1) {
    const fits = await writeFile(path, Buffer.alloc(blocks * BLOCK, 1)).then(
      () => true,
      () => false,
    );
    if (!fits) continue;
    await writeFile(path, Buffer.alloc(Math.max(0, blocks - free) * BLOCK, 1));
    return;
  }
}
