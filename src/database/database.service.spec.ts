import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Column, Entity, type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { IdColumn, type DatabaseService } from './index.js';
import { openDatabase } from './database.module.js';
import { newIdentifier } from '../common/identifiers.js';
import { idColumn } from './migration-columns.js';

@Entity()
class Note {
  @IdColumn()
  id: string;
  @Column({ type: 'text' })
  text: string;
}
class CreateNote1000000000001 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.createTable(new Table({ name: 'note', columns: [idColumn(), { name: 'text', type: 'text' }] }));
  }
  async down(runner: QueryRunner) {
    await runner.dropTable('note');
  }
}
describe('DatabaseService', () => {
  let folder: string, database: DatabaseService;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'q2l-'));
    database = await openDatabase(
      { url: '', sqliteFile: join(folder, 'q2l.sqlite') },
      { entities: [Note], migrations: [CreateNote1000000000001] },
    );
  });
  afterAll(async () => {
    await database.onApplicationShutdown();
    await rm(folder, { recursive: true });
  });
  it('writes and reads', async () => {
    await database.write((m) => m.insert(Note, { id: newIdentifier(), text: 'a' }));
    expect(await database.read.count(Note)).toBe(1);
    await expect(database.read.insert(Note, { id: newIdentifier(), text: 'a' })).rejects.toThrow(/readonly/);
    const r = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) =>
        database.write(async (m) => {
          await m.save(Object.assign(new Note(), { id: newIdentifier(), text: `b${i}` }));
          await new Promise((r) => setTimeout(r, 1));
          if (i === 7) throw new Error('no');
          await m.insert(Note, { id: newIdentifier(), text: `c${i}` });
        }),
      ),
    );
    expect(r.filter((x) => x.status === 'rejected')).toHaveLength(1);
    expect(await database.read.count(Note)).toBe(1 + 38);
  });
});
