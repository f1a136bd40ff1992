import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { describeOnEachDatabase } from '../../test/support/database-engines.js';
import { Note, note, noteSchema } from '../../test/support/note.js';
import type { TestLocation } from '../../test/support/test-location.js';
import { createWriteSource } from './data-sources.js';
import { migrate } from './migrate.js';

class Failing1000000009001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`INSERT INTO note (id, text, "writtenAt") VALUES ('1', 'half done', 0)`);
    throw new Error('this migration fails');
  }

  async down(): Promise<void> {}
}

describeOnEachDatabase('migrate', (_engine, create) => {
  let place: TestLocation;
  let source: DataSource;

  beforeEach(async () => {
    place = await create();
  });

  afterEach(async () => {
    await source.destroy();
    await place.remove();
  });

  it('runs what is missing, once', async () => {
    source = await createWriteSource(place.location, noteSchema).initialize();
    expect(await migrate(source)).toEqual(['CreateNote1000000009000']);
    await source.manager.save(note('kept'));
    expect(await migrate(source)).toEqual([]);
    expect(await source.manager.count(Note)).toBe(1);
  });

  it('keeps nothing of migrations of which one fails, and lets go of the lock', async () => {
    const broken = { ...noteSchema, migrations: [...noteSchema.migrations, Failing1000000009001] };
    source = await createWriteSource(place.location, broken).initialize();
    await expect(migrate(source)).rejects.toThrow('this migration fails');
    await source.destroy();
    source = await createWriteSource(place.location, noteSchema).initialize();
    expect(await migrate(source)).toEqual(['CreateNote1000000009000']);
    expect(await source.manager.count(Note)).toBe(0);
  });

  it('leaves no lock behind', async () => {
    source = await createWriteSource(place.location, noteSchema).initialize();
    await migrate(source);
    const again = await createWriteSource(place.location, noteSchema).initialize();
    expect(await migrate(again)).toEqual([]);
    await again.destroy();
    if (place.location.url === '') expect(existsSync(place.location.sqliteFile)).toBe(true);
  });
});
