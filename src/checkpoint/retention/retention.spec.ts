import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type CheckpointPlace, checkpointPlace, smallDraft } from '../../../test/support/checkpoint-place.js';
import { describeOnEachDatabase } from '../../../test/support/database-engines.js';
import { FaultyFileOperations, systemError } from '../../../test/support/faulty-file-operations.js';
import { newIdentifier } from '../../common/identifiers.js';
import { CheckpointAlias } from '../checkpoint-alias.entity.js';
import { Checkpoint, CheckpointStatus } from '../checkpoint.entity.js';

const POLICY = { keepLast: 2, keepBest: 1, keepEveryEpochs: 3, stepsPerEpoch: 4 };

describeOnEachDatabase('CheckpointService.retain', (_engine, create) => {
  let place: CheckpointPlace;
  let runId: string;

  beforeEach(async () => {
    place = await checkpointPlace(create);
    runId = newIdentifier();
  });

  afterEach(() => place.remove());

  const write = (step: number, kind: 'LAST' | 'BEST' = 'LAST', run = runId) => {
    const { training } = smallDraft();
    if (training === null) throw new Error('a checkpoint of a training was expected');
    return place.write({ kind, runId: run, training: { ...training, step, epoch: Math.floor(step / 4) } });
  };
  const kept = async () => {
    const rows = await place.database.read.find(Checkpoint, { where: { runId }, order: { step: 'ASC', kind: 'ASC' } });
    return rows.map(({ kind, step }) => `${kind} ${step}`);
  };

  it('keeps the last k, the best, each n-th epoch and what an alias points at, rows and folders alike', async () => {
    const rows = [];
    for (const step of [2, 4, 8, 12, 14, 16, 20, 24, 28]) rows.push(await write(step));
    for (const step of [4, 12, 20]) rows.push(await write(step, 'BEST'));
    const other = await write(2, 'LAST', newIdentifier());
    await place.service.promote(rows[1].id, 'production');
    expect(await place.service.retain(runId, POLICY)).toEqual([]);
    expect(await kept()).toEqual(['LAST 4', 'LAST 12', 'BEST 20', 'LAST 24', 'LAST 28']);
    const rest = await place.database.read.find(Checkpoint);
    expect((await readdir(place.store.root)).toSorted()).toEqual(rest.map(({ id }) => id).toSorted());
    expect(rest.map(({ id }) => id)).toContain(other.id);
  });

  it('marks before it removes, and tells what could not be removed instead of failing; the next start finishes it', async () => {
    const [old] = [await write(4), await write(8), await write(12), await write(16)];
    const { service } = place.over(
      new FaultyFileOperations((step) => {
        if (step.name === 'remove') throw systemError('EACCES', step);
      }),
    );
    const failed = await service.retain(runId, POLICY);
    expect(failed.map(({ error }) => String(error))).toEqual([expect.stringContaining('EACCES'), expect.stringContaining('EACCES')]); // prettier-ignore
    expect(failed.map(({ id }) => id)).toContain(old.id);
    const { DELETING } = CheckpointStatus;
    expect(await place.database.read.findOneBy(Checkpoint, { id: old.id })).toMatchObject({ status: DELETING });
    expect(await place.store.exists(old.id)).toBe(true);
    const { finishedDeletions } = await place.reconciler.reconcile();
    expect(finishedDeletions).toEqual(failed.map(({ id }) => id).toSorted());
    expect(await place.store.exists(old.id)).toBe(false);
  });

  it('never deletes what an alias came to point at in the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id } = await place.write();
      const [promoted, deleted] = await Promise.allSettled([
        place.service.promote(id, 'production'),
        place.service.delete(id),
      ]);
      expect([promoted.status, deleted.status].toSorted()).toEqual(['fulfilled', 'rejected']);
      const alias = await place.database.read.findOneBy(CheckpointAlias, { name: 'production', checkpointId: id });
      expect(alias !== null).toBe(promoted.status === 'fulfilled');
      if (alias === null) continue;
      expect((await place.store.loadTraining(id)).manifest.id).toBe(id);
      await place.database.write((manager) => manager.delete(CheckpointAlias, { name: 'production' }));
    }
  });
});
