import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Checkpoint } from '../../src/checkpoint/checkpoint.entity.js';
import type { ManifestDraft } from '../../src/checkpoint/container/write-container.js';
import { type CheckpointPlace, checkpointPlace, smallDraft } from '../support/checkpoint-place.js';
import { describeOnEachDatabase } from '../support/database-engines.js';
import { tryFault } from './support/fault-record.js';

const SCRIPT = fileURLToPath(new URL('processes/write-checkpoint.js', import.meta.url));
const run = promisify(execFile);
/** Processes at a time: most of their life they load modules. */
const AT_ONCE = 4;

describeOnEachDatabase('a process killed while it writes or deletes a checkpoint', (engine, create) => {
  let place: CheckpointPlace;
  let old: Checkpoint;

  beforeAll(async () => {
    place = await checkpointPlace(create);
    old = await place.write();
  });

  afterAll(() => place.remove());

  const write = (draft: Pick<ManifestDraft, 'id'>, kill: number | null, half = false, remove = false) => {
    const { location, folder } = place;
    const options = JSON.stringify({ location, folder, draft, kill, half, remove });
    return run(process.execPath, [SCRIPT, options]);
  };

  it('at any step: the old checkpoint is whole, the new one whole or gone, and nothing else is left', async () => {
    const first = smallDraft();
    const { stdout } = await write(first, null);
    const steps = JSON.parse(stdout) as string[];
    expect(steps).toEqual(expect.arrayContaining(['make folder', 'write', 'flush file', 'rename', 'flush folder', 'begin transaction', 'commit', 'after commit'])); // prettier-ignore
    await place.service.delete(first.id);
    let kills = steps.flatMap((name, kill) => [
      { name, kill, half: false },
      ...(name === 'write' ? [{ name: 'half a write', kill, half: true }] : []),
    ]);
    // The steps before know nothing of the engine, and are all tried on SQLite.
    if (engine === 'PostgreSQL') kills = kills.filter(({ kill }) => kill >= steps.indexOf('rename'));
    const committed = steps.indexOf('after commit');
    for (let start = 0; start < kills.length; start += AT_ONCE) {
      const batch = kills.slice(start, start + AT_ONCE).map((kill) => ({ ...kill, draft: smallDraft() }));
      await Promise.all(
        batch.map(({ draft, kill, half }) =>
          expect(write(draft, kill, half)).rejects.toMatchObject({ signal: 'SIGKILL' }),
        ),
      );
      await place.reconciler.reconcile(true);
      for (const { name, kill, draft } of batch) {
        await tryFault('killed while writing a checkpoint', engine, async () => {
          expect((await place.store.loadTraining(old.id)).manifest.id).toBe(old.id);
          const recorded = await place.database.read.existsBy(Checkpoint, { id: draft.id });
          expect({ name, recorded }).toEqual({ name, recorded: kill >= committed });
          if (recorded) {
            expect((await place.store.loadTraining(draft.id)).manifest.training?.step).toBe(6);
            await place.service.delete(draft.id);
          }
          const quarantined = (await readdir(place.store.root)).includes('.quarantine')
            ? await readdir(`${place.store.root}/.quarantine`)
            : [];
          // Whole, but without a record: nothing of it is deleted.
          const renamed = steps.indexOf('rename') < kill && kill < committed;
          expect({ name, quarantined: quarantined.includes(draft.id) }).toEqual({ name, quarantined: renamed });
        });
      }
      expect((await readdir(place.store.root)).filter((entry) => entry !== '.quarantine')).toEqual([old.id]);
    }
    // What is left of them does not disturb the next one.
    const { id } = await place.write();
    expect((await place.store.loadTraining(id)).manifest.id).toBe(id);
  });

  it('at any step of deleting one: it is whole, or gone with its record', async () => {
    const probe = await place.write();
    const { stdout } = await write(probe, null, false, true);
    const steps = JSON.parse(stdout) as string[];
    expect(steps).toEqual(['mark for deletion', 'remove', 'flush folder', 'end']);
    for (const [kill, name] of steps.entries()) {
      const { id } = await place.write();
      await expect(write({ id }, kill, false, true)).rejects.toMatchObject({ signal: 'SIGKILL' });
      await tryFault('killed while deleting a checkpoint', engine, async () => {
        const { finishedDeletions } = await place.reconciler.reconcile(true);
        expect({ name, finishedDeletions }).toEqual({ name, finishedDeletions: [1, 2].includes(kill) ? [id] : [] });
        const recorded = await place.database.read.existsBy(Checkpoint, { id });
        expect({ name, recorded }).toEqual({ name, recorded: kill === 0 });
        if (recorded) expect((await place.store.loadTraining(id)).manifest.id).toBe(id);
        else expect(await place.store.exists(id)).toBe(false);
        expect((await place.store.loadTraining(old.id)).manifest.id).toBe(old.id);
      });
    }
  });
});
