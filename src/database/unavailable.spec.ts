import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { describeOnEachDatabase } from '../../test/support/database-engines.js';
import { Note, note, noteSchema } from '../../test/support/note.js';
import { type NoteDatabase, openNoteDatabase } from '../../test/support/note-database.js';
import { isRecord } from '../common/guards.js';
import { createReadSource } from './data-sources.js';
import { isDatabaseUnavailable, untilDatabaseAvailable } from './index.js';

const PATIENCE = 20_000;

describe('isDatabaseUnavailable', () => {
  const coded = (code: string): Error => Object.assign(new Error('from the driver'), { code });

  it.each(['ECONNREFUSED', 'EPIPE', '08006', '53300', '57P01', '57P03'])('recognises %s, wrapped or not', (code) => {
    expect(isDatabaseUnavailable(coded(code))).toBe(true);
    expect(isDatabaseUnavailable(Object.assign(new Error('query failed'), { driverError: coded(code) }))).toBe(true);
    expect(isDatabaseUnavailable(new AggregateError([coded(code)]))).toBe(true);
  });

  it.each(['23505', '42P01', '42601', 'ENOENT'])('takes %s for what it is: a wrong query or something else', (code) => {
    expect(isDatabaseUnavailable(coded(code))).toBe(false);
  });
});

describeOnEachDatabase('untilDatabaseAvailable', (engine, create) => {
  let notes: NoteDatabase;

  beforeEach(async () => {
    notes = await openNoteDatabase(create);
  });

  afterEach(() => notes.close());

  it('throws at once what is not an outage', async () => {
    let tries = 0;
    const wrong = untilDatabaseAvailable(() => {
      tries += 1;
      return notes.database.write((manager) => manager.query('SELECT id FROM nowhere'));
    }, PATIENCE);
    await expect(wrong).rejects.toThrow(/nowhere/);
    expect(tries).toBe(1);
  });

  if (engine === 'SQLite') return;

  /** Ends the connection of a transaction from outside, as a server that shuts down does, and waits until it is noticed. */
  async function loseConnection({ queryRunner }: EntityManager): Promise<void> {
    const rows: unknown = await queryRunner?.query('SELECT pg_backend_pid() AS process');
    const row: unknown = Array.isArray(rows) ? rows[0] : undefined;
    if (!isRecord(row)) throw new Error('PostgreSQL does not tell its process');
    const other = await createReadSource(notes.place.location, noteSchema).initialize();
    await other.query('SELECT pg_terminate_backend($1)', [row.process]);
    await other.destroy();
    while (queryRunner?.isReleased === false) await delay(5);
  }

  it.each([
    ['before a transaction has written', false],
    ['after it has written', true],
  ])('does the work again when the connection is lost between two queries, %s', async (_when, written) => {
    let tries = 0;
    await untilDatabaseAvailable(
      () =>
        notes.database.write(async (manager) => {
          tries += 1;
          if (written) await manager.insert(Note, note('first'));
          if (tries === 1) await loseConnection(manager);
          await manager.insert(Note, note('second'));
        }),
      PATIENCE,
    );
    expect(tries).toBe(2);
    expect((await notes.texts()).toSorted()).toEqual(written ? ['first', 'second'] : ['second']);
  });
});
