import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import {
  type CheckpointPlace,
  checkpointPlace,
  smallDraft,
  smallTensors,
} from '../../../test/support/checkpoint-place.js';
import { describeOnEachDatabase } from '../../../test/support/database-engines.js';
import { newIdentifier } from '../../common/identifiers.js';
import { ownIdentity, type ProcessIdentity } from '../../common/process-identity.js';
import { Checkpoint, CheckpointStatus } from '../checkpoint.entity.js';
import { FileOperations } from '../container/file-operations.js';
import { markName } from '../container/writer-marks.js';
import type { ReconciliationReport } from './reconciliation-report.js';

describeOnEachDatabase('CheckpointReconciler', (_engine, create) => {
  let place: CheckpointPlace;

  beforeEach(async () => {
    place = await checkpointPlace(create);
  });

  afterEach(() => place.remove());

  const statusOf = async (id: string) => (await place.database.read.findOneBy(Checkpoint, { id }))?.status;
  const entries = async () => (await readdir(place.store.root)).toSorted();
  const markOf = (id: string, other: Partial<ProcessIdentity> = {}) => markName(id, { ...ownIdentity(), ...other });
  const pathOf = (...parts: string[]) => join(place.store.root, ...parts);
  const AGREE = { missing: [], returned: [], damaged: [], quarantined: [], removed: [], finishedDeletions: [], waiting: [], problems: [] }; // prettier-ignore

  it('finds nothing to do where all is well, and leaves it as it is', async () => {
    const { id } = await place.write();
    expect(await place.reconciler.reconcile(true)).toMatchObject({ ...AGREE, checked: 1, verified: true });
    expect(await entries()).toEqual([id]);
    expect(place.reconciler.newest).toMatchObject({ checked: 1 });
  });

  it('finds nothing to do before the first checkpoint', async () => {
    expect(await place.reconciler.reconcile()).toMatchObject({ ...AGREE, checked: 0 });
  });

  it.each([
    ['its folder', []],
    ['its manifest', ['manifest.json']],
    ['a file', ['optimizer.safetensors']],
  ])('marks a row MISSING when %s is gone, and READY when it is back', async (_what, file) => {
    const { id } = await place.write();
    const other = await place.write();
    await rename(pathOf(id, ...file), join(place.folder, 'aside'));
    expect(await place.reconciler.reconcile()).toMatchObject({ ...AGREE, missing: [id] });
    expect([await statusOf(id), await statusOf(other.id)]).toEqual([CheckpointStatus.MISSING, CheckpointStatus.READY]);
    expect(await place.reconciler.reconcile()).toMatchObject({ ...AGREE, missing: [id] });
    await rename(join(place.folder, 'aside'), pathOf(id, ...file));
    expect(await place.reconciler.reconcile()).toMatchObject({ ...AGREE, returned: [id] });
    expect(await statusOf(id)).toBe(CheckpointStatus.READY);
  });

  it('names a file of the wrong size, and with verify one whose bytes differ', async () => {
    const short = await place.write();
    const changed = await place.write();
    await truncate(pathOf(short.id, 'averages.safetensors'), 20);
    const file = pathOf(changed.id, 'parameters.safetensors');
    const bytes = await readFile(file);
    bytes[bytes.length - 1] ^= 1;
    await writeFile(file, bytes);
    const one = { checkpoint: short.id, file: 'averages.safetensors', fault: expect.stringMatching(/^has 20 bytes, but/) }; // prettier-ignore
    const two = { checkpoint: changed.id, file: 'parameters.safetensors', fault: expect.stringContaining('SHA-256') };
    expect(await place.reconciler.reconcile()).toMatchObject({ ...AGREE, damaged: [one] });
    expect(await place.reconciler.reconcile(true)).toMatchObject({ ...AGREE, damaged: [one, two] });
  });

  it('moves folders and files without a record to quarantine, whole, also a second one of the same name', async () => {
    const id = newIdentifier();
    for (const content of ['first', 'second']) {
      await mkdir(pathOf(id), { recursive: true });
      await writeFile(pathOf(id, 'parameters.safetensors'), content);
      await place.reconciler.reconcile();
    }
    await writeFile(pathOf('notes.txt'), 'mine');
    const quarantined = [{ name: 'notes.txt', place: '.quarantine/notes.txt' }];
    expect(await place.reconciler.reconcile()).toMatchObject({ ...AGREE, quarantined });
    expect(await readFile(pathOf('.quarantine', id, 'parameters.safetensors'), 'utf8')).toBe('first');
    expect(await readFile(pathOf('.quarantine', `${id}.2`, 'parameters.safetensors'), 'utf8')).toBe('second');
    expect(await entries()).toEqual(['.quarantine']);
  });

  it('puts a folder back whose record appeared after it had been taken', async () => {
    const { id } = await place.write();
    await mkdir(pathOf('.quarantine'));
    await rename(pathOf(id), pathOf('.quarantine', id));
    expect(await place.reconciler.reconcile()).toMatchObject(AGREE);
    expect((await place.store.loadTraining(id)).manifest.id).toBe(id);
  });

  it('removes what is half-written, and the marks of dead processes', async () => {
    const id = newIdentifier();
    await mkdir(pathOf(`.unfinished-${id}-x`), { recursive: true });
    const { pid } = spawnSync('true');
    await writeFile(pathOf(markOf(id, { pid })), '');
    expect(await place.reconciler.reconcile()).toMatchObject({ removed: [`.unfinished-${id}-x`, markOf(id, { pid })] });
    expect(await entries()).toEqual([]);
  });

  it('takes a process whose id was given out anew for dead', async () => {
    const id = newIdentifier();
    await mkdir(pathOf(`.unfinished-${id}-x`), { recursive: true });
    await writeFile(pathOf(markOf(id, { started: 1 })), '');
    await place.reconciler.reconcile();
    expect(await entries()).toEqual([]);
  });

  it('waits for a process of another machine until it has been silent for long', async () => {
    const id = newIdentifier();
    const names = [`.unfinished-${id}-x`, markOf(id, { place: '0123456789abcdef' })];
    await mkdir(pathOf(names[0]), { recursive: true });
    await writeFile(pathOf(names[1]), '');
    expect(await place.reconciler.reconcile()).toMatchObject({ ...AGREE, waiting: names });
    // A change of the time of a file counts as a sign of life: the clock of this process goes ahead instead.
    const now = Date.now;
    try {
      Date.now = () => now() + 601_000;
      expect(await place.reconciler.reconcile()).toMatchObject({ removed: names });
    } finally {
      Date.now = now;
    }
  });

  it('leaves alone what a living process is writing, whatever the clock says, until its record is kept', async () => {
    const draft = smallDraft();
    await place.store.write(draft, smallTensors(), async (written) => {
      await mkdir(pathOf(`.unfinished-${draft.id}-other`));
      for (const path of ['.', `.unfinished-${draft.id}-other`, markOf(draft.id), draft.id]) {
        await utimes(pathOf(path), 0, 0);
      }
      const report = await place.reconciler.reconcile();
      expect(report).toMatchObject({ quarantined: [], removed: [] });
      expect(report.waiting.toSorted()).toEqual([`.unfinished-${draft.id}-other`, markOf(draft.id), draft.id].toSorted()); // prettier-ignore
      await place.database.write((manager) => place.service.record(manager, written));
    });
    expect(await place.reconciler.reconcile()).toMatchObject({ removed: [`.unfinished-${draft.id}-other`] });
    expect(await statusOf(draft.id)).toBe(CheckpointStatus.READY);
  });

  it('does not let a record appear for a folder that was taken away', async () => {
    const writing = place.store.write(smallDraft(), smallTensors(), async (written) => {
      await rm(pathOf(markOf(written.manifest.id)));
      await place.reconciler.reconcile();
      return place.database.write((manager) => place.service.record(manager, written));
    });
    await expect(writing).rejects.toThrow(/manifest\.json was taken away before it was recorded/);
    expect(await place.database.read.count(Checkpoint)).toBe(0);
    expect((await readdir(pathOf('.quarantine'))).length).toBe(1);
  });

  it('finishes deletions that were begun', async () => {
    const { id } = await place.write();
    const half = await place.write();
    await rm(pathOf(half.id, 'manifest.json'));
    await place.database.write((manager) => manager.updateAll(Checkpoint, { status: CheckpointStatus.DELETING }));
    expect(await place.reconciler.reconcile()).toMatchObject({ ...AGREE, finishedDeletions: [id, half.id] });
    expect([await entries(), await place.database.read.count(Checkpoint)]).toEqual([[], 0]);
  });

  it('keeps everything whole while others write, delete and reconcile at the same time', async () => {
    const { reconciler } = place.over(new FileOperations());
    let busy = true;
    const reports: ReconciliationReport[] = [];
    const keepers = [place.reconciler, reconciler].map(async (each) => {
      for (; busy; await delay(1)) reports.push(await each.reconcile());
    });
    const orphans = Array.from({ length: 5 }, newIdentifier);
    for (const orphan of orphans) await mkdir(pathOf(orphan), { recursive: true });
    const written = await Promise.all(Array.from({ length: 12 }, () => place.write()));
    await Promise.all(written.slice(6).map(({ id }) => place.service.delete(id)));
    busy = false;
    await Promise.all(keepers);
    // A keeper that had to wait for its turn may have looked for the last time before the last orphan was there.
    reports.push(await place.reconciler.reconcile());
    expect(reports.flatMap(({ problems, missing, damaged }) => [problems, missing, damaged].flat())).toEqual([]);
    expect(reports.flatMap(({ quarantined }) => quarantined.map(({ name }) => name)).toSorted()).toEqual(orphans);
    expect(await place.reconciler.reconcile(true)).toMatchObject({ ...AGREE, checked: 6 });
    expect(await entries()).toEqual(['.quarantine', ...written.slice(0, 6).map(({ id }) => id)].toSorted());
    expect((await readdir(pathOf('.quarantine'))).toSorted()).toEqual(orphans.toSorted());
  });

  it('removes the folder when its record was refused, and keeps it when the answer of the commit was lost', async () => {
    const refused = place.store.write(smallDraft(), smallTensors(), () => Promise.reject(new Error('refused')));
    await expect(refused).rejects.toThrow('refused');
    expect(await entries()).toEqual([]);
    const draft = smallDraft();
    const doubtful = place.store.write(draft, smallTensors(), async (written) => {
      await place.database.write((manager) => place.service.record(manager, written));
      throw new Error('the lease is lost, but the commit was done');
    });
    await expect(doubtful).rejects.toThrow('the commit was done');
    expect((await place.store.loadTraining(draft.id)).manifest.id).toBe(draft.id);
  });
});
