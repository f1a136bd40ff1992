import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type DatabaseService, openDatabase } from '../../src/database/index.js';
import { databaseSchema } from '../../src/database-schema.js';
import { describeOnEachDatabase } from '../support/database-engines.js';
import { Note, note, noteSchema } from '../support/note.js';
import { runScript } from '../support/processes/run-script.js';
import type { TestLocation } from '../support/test-location.js';

describeOnEachDatabase('several processes', (_engine, create) => {
  let place: TestLocation;
  let database: DatabaseService | undefined;

  beforeEach(async () => {
    place = await create();
  });

  afterEach(async () => {
    await database?.onApplicationShutdown();
    database = undefined;
    await place.remove();
  });

  it('start at once on an empty database: each migration runs once', async () => {
    const location = JSON.stringify(place.location);
    const pending = await Promise.all([1, 2, 3].map(() => runScript('open-platform-database.js', location)));
    expect(pending).toEqual(['[]', '[]', '[]']);
    database = await openDatabase(place.location, databaseSchema);
    const rows: unknown = await database.read.query('SELECT name FROM migrations ORDER BY name');
    const names = databaseSchema.migrations
      .map(({ name }) => ({ name }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    expect(rows).toEqual(names);
  });

  it('write at the same time as this one: every transaction is kept, whole', async () => {
    const opened = await openDatabase(place.location, noteSchema);
    database = opened;
    let others = true;
    const writers = Promise.all(
      ['x', 'y'].map((name) => runScript('write-notes.js', JSON.stringify(place.location), name, '25')),
    ).finally(() => (others = false));
    let own = 0;
    while (others) {
      const number = own++;
      await opened.write(async (manager) => {
        await manager.save([note(`own ${number} a`), note(`own ${number} b`)]);
      });
      expect((await opened.read.count(Note)) % 2).toBe(0);
    }
    await writers;
    expect(await opened.read.count(Note)).toBe(2 * (own + 50));
    expect(own).toBeGreaterThan(1);
  });
});
