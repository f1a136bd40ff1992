import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { Checkpoint, CheckpointStatus } from '../../src/checkpoint/checkpoint.entity.js';
import { newIdentifier } from '../../src/common/identifiers.js';
import { checkpointPlace } from '../support/checkpoint-place.js';
import { describeOnEachDatabase } from '../support/database-engines.js';
import { startServerProcess } from '../support/server-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { tryFault } from './support/fault-record.js';

const SERVERS = 2;
const REPORT = '{ checkpointReconciliation { missing quarantined { name } removed finishedDeletions problems } }';

interface Report {
  readonly missing: string[];
  readonly quarantined: { readonly name: string }[];
  readonly removed: string[];
  readonly finishedDeletions: string[];
  readonly problems: string[];
}

describeOnEachDatabase('records and folders that differ when servers start', (engine, create) => {
  it(`are mended once by ${SERVERS} that start at the same moment, and each says what it did`, async () => {
    const folder = await temporaryFolder();
    const database = await create();
    const { url } = database.location;
    const data = join(folder.path, 'data');
    await mkdir(data);
    const location = { url, sqliteFile: join(data, 'q2l.sqlite') };
    const place = await checkpointPlace(() => Promise.resolve({ location, remove: () => Promise.resolve() }), data);
    const [whole, gone, deleted] = [await place.write(), await place.write(), await place.write()];
    await rm(place.store.folder(gone.id), { recursive: true });
    const { DELETING } = CheckpointStatus;
    await place.database.write((manager) => manager.update(Checkpoint, { id: deleted.id }, { status: DELETING }));
    const orphans = Array.from({ length: 10 }, newIdentifier);
    for (const id of orphans) {
      await mkdir(place.store.folder(id));
      await writeFile(join(place.store.folder(id), 'parameters.safetensors'), id);
    }
    const half = `.unfinished-${newIdentifier()}-x`;
    await mkdir(join(place.store.root, half));
    const environment = { Q2L_DATA: data, DATABASE_URL: url, Q2L_TRAINING_WORKERS: '0', LOG_LEVEL: 'error' };
    const servers = await Promise.all(Array.from({ length: SERVERS }, () => startServerProcess(environment)));
    try {
      await tryFault('records and folders differ at the start of two servers', engine, async () => {
        const reports = await Promise.all(
          servers.map(async ({ client }) => {
            const { checkpointReconciliation } = await client.data<{ checkpointReconciliation: Report }>(REPORT);
            return checkpointReconciliation;
          }),
        );
        const all = (list: (report: Report) => readonly string[]) => [...new Set(reports.flatMap(list))].toSorted();
        expect(all(({ problems }) => problems)).toEqual([]);
        expect(all(({ missing }) => missing)).toEqual([gone.id]);
        expect(all(({ removed }) => removed)).toEqual([half]);
        expect(all(({ finishedDeletions }) => finishedDeletions)).toEqual([deleted.id]);
        // Each by one of them.
        const moved = reports.flatMap(({ quarantined }) => quarantined.map(({ name }) => name));
        expect(moved.toSorted()).toEqual(orphans.toSorted());
        expect((await readdir(place.store.root)).toSorted()).toEqual(['.quarantine', whole.id].toSorted());
        expect((await readdir(join(place.store.root, '.quarantine'))).toSorted()).toEqual(orphans.toSorted());
        expect((await place.store.loadTraining(whole.id)).manifest.id).toBe(whole.id);
        expect(await place.database.read.findOneBy(Checkpoint, { id: gone.id })).toMatchObject({ status: 'MISSING' });
      });
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
      await place.remove();
      await database.remove();
      await folder.remove();
    }
  });
});
