import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database-engines.js';
import { Note, note } from '../../test/support/note.js';
import { type NoteDatabase, openNoteDatabase } from '../../test/support/note-database.js';
import type { DatabaseService } from './index.js';

describeOnEachDatabase('DatabaseService', (_engine, create) => {
  let notes: NoteDatabase;
  let database: DatabaseService;

  beforeEach(async () => {
    notes = await openNoteDatabase(create);
    ({ database } = notes);
  });

  afterEach(() => notes.close());

  const texts = (): Promise<readonly string[]> => notes.texts();

  it('keeps dates, JSON and null as they were', async () => {
    const writtenAt = new Date('2024-02-29T12:34:56.789Z');
    const details = { list: [1, null, 'é'], nested: { yes: true } };
    await database.write((manager) => manager.save([note('a', writtenAt, details), note('b', writtenAt)]));
    const [a, b] = await database.read.find(Note, { where: { writtenAt }, order: { id: 'ASC' } });
    expect(a).toMatchObject({ text: 'a', writtenAt, details });
    expect(b?.details).toBeNull();
  });

  it('loses nothing but the failed one of 20 parallel transactions', async () => {
    const work = async (number: number): Promise<void> =>
      database.write(async (manager) => {
        await manager.save(note(`${number} first`));
        await delay(number % 3);
        if (number === 7) throw new Error('transaction 7 fails after its first insert');
        await manager.insert(Note, note(`${number} second`));
      });
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, number) => work(number)));
    expect(results.flatMap(({ status }, number) => (status === 'rejected' ? [number] : []))).toEqual([7]);
    const expected = Array.from({ length: 20 }, (_, number) => [`${number} first`, `${number} second`]).flat();
    expect((await texts()).toSorted()).toEqual(expected.filter((text) => !text.startsWith('7 ')).toSorted());
  });

  it('does the work of a unique row again when another request has stored it meanwhile, then says what clashes', async () => {
    const known = note('taken');
    await database.write((manager) => manager.insert(Note, known));
    let tries = 0;
    const found = await database.writeUnique('note', async (manager) => {
      tries += 1;
      // The first look is from before the other request.
      if (tries > 1) return manager.findOneByOrFail(Note, { id: known.id });
      await manager.insert(Note, { ...note('again'), id: known.id });
      return known;
    });
    expect([tries, found.text]).toEqual([2, 'taken']);
    const hopeless = database.writeUnique('note 7', (manager) => manager.insert(Note, { ...note('x'), id: known.id }));
    await expect(hopeless).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('note 7') });
    const faulty = database.writeUnique('note', (manager) => manager.query('SELECT * FROM nowhere'));
    await expect(faulty).rejects.toThrow(/nowhere/);
  });

  it('keeps a write that was asked for while a transaction that fails was open', async () => {
    const failing = database.write(async (manager) => {
      await manager.save(note('lost'));
      await delay(20);
      throw new Error('rolled back');
    });
    await delay(5);
    const plain = database.write((manager) => manager.insert(Note, note('kept')));
    await expect(failing).rejects.toThrow('rolled back');
    await plain;
    expect(await texts()).toEqual(['kept']);
  });

  it('does not show what is not committed to others, and shows it to the transaction itself', async () => {
    let seenInside = -1;
    const writing = database.write(async (manager) => {
      await manager.save(note('new'));
      await delay(20);
      seenInside = await database.read.count(Note);
    });
    await delay(10);
    expect(await texts()).toEqual([]);
    await writing;
    expect(seenInside).toBe(1);
    expect(await texts()).toEqual(['new']);
  });

  it('lets a write within a write join it', async () => {
    const failing = database.write(async (manager) => {
      await manager.save(note('outer'));
      await database.write((inner) => inner.save(note('inner')));
      throw new Error('all of it is rolled back');
    });
    await expect(failing).rejects.toThrow('all of it');
    expect(await texts()).toEqual([]);
  });

  it('begins a transaction of its own where a finished one left work behind', async () => {
    let late: Promise<unknown> = Promise.resolve();
    await database.write(async (manager) => {
      await manager.save(note('first'));
      late = delay(10).then(() => database.write((other) => other.save(note('late'))));
    });
    await late;
    expect(await texts()).toEqual(['first', 'late']);
  });

  it('goes on after a statement that fails', async () => {
    const same = note('once');
    await database.write((manager) => manager.insert(Note, same));
    await expect(database.write((manager) => manager.insert(Note, same))).rejects.toThrow(/unique/i);
    await database.write((manager) => manager.insert(Note, note('twice')));
    expect(await texts()).toEqual(['once', 'twice']);
  });

  it.each([
    ['insert', () => database.read.insert(Note, note('forgotten'))],
    ['save', () => database.read.save(note('forgotten'))],
    ['delete', () => database.read.delete(Note, { text: 'a' })],
    ['raw SQL', () => database.read.query('DELETE FROM note')],
  ])('refuses a write through read (%s)', async (_name, write) => {
    await expect(write()).rejects.toThrow(/read-?only/i);
  });

  it('reports no pending migrations after the start', async () => {
    expect(await database.pendingMigrations()).toEqual([]);
  });
});
