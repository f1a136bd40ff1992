import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../../test/support/database-engines.js';
import { Note, note } from '../../../test/support/note.js';
import { type NoteDatabase, openNoteDatabase } from '../../../test/support/note-database.js';
import type { DatabaseService } from '../../database/index.js';
import { InvalidInputError } from '../errors/index.js';
import type { ConnectionArguments } from './connection-arguments.js';
import { paginate, type PaginateOptions } from './paginate.js';

describeOnEachDatabase('paginate', (_engine, create) => {
  let opened: NoteDatabase;
  let database: DatabaseService;

  beforeAll(async () => {
    opened = await openNoteDatabase(create);
    ({ database } = opened);
    // Three notes for each moment, so that only the primary key tells them apart.
    const notes = Array.from({ length: 12 }, (_, index) => note(`n${index}`, new Date(1000 * Math.floor(index / 3))));
    await database.write((manager) => manager.insert(Note, notes));
  });

  afterAll(() => opened.close());

  const page = (args: ConnectionArguments, options?: PaginateOptions) =>
    paginate(
      database.read.createQueryBuilder(Note, 'note').where('note.text <> :none', { none: 'n0' }),
      'note',
      args,
      options,
    );
  const byMoment: PaginateOptions = { orderBy: [{ column: 'writtenAt', direction: 'ASC' }] };

  const walk = async (options?: PaginateOptions, size = 2): Promise<readonly string[]> => {
    const texts: string[] = [];
    for (let after: string | undefined, more = true; more;) {
      const { nodes, pageInfo } = await page({ first: size, after }, options);
      texts.push(...nodes.map(({ text }) => text));
      after = pageInfo.endCursor ?? undefined;
      more = pageInfo.hasNextPage;
    }
    return texts;
  };

  it('gives the newest first, each once, and counts all when asked', async () => {
    expect(await walk()).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1].map((index) => `n${index}`));
    expect(await (await page({ first: 1 })).totalCount()).toBe(11);
  });

  it('orders by another column, and by the primary key within equal values', async () => {
    expect(await walk(byMoment)).toEqual(Array.from({ length: 11 }, (_, index) => `n${index + 1}`));
  });

  it('goes backwards from a cursor, and keeps the order of the list', async () => {
    const last = await page({ last: 3 }, byMoment);
    expect(last.nodes.map(({ text }) => text)).toEqual(['n9', 'n10', 'n11']);
    expect(last.pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: false });
    const before = await page({ last: 2, before: last.pageInfo.startCursor ?? undefined }, byMoment);
    expect(before.nodes.map(({ text }) => text)).toEqual(['n7', 'n8']);
  });

  it('neither repeats nor hides others when a row is added meanwhile', async () => {
    const first = await page({ first: 3 });
    const added = note('added');
    await database.write((manager) => manager.insert(Note, added));
    const second = await page({ first: 3, after: first.pageInfo.endCursor ?? undefined });
    await database.write((manager) => manager.delete(Note, added.id));
    expect([...first.nodes, ...second.nodes].map(({ text }) => text)).toEqual(['n11', 'n10', 'n9', 'n8', 'n7', 'n6']);
  });

  it('refuses a cursor of a list in another order', async () => {
    const { pageInfo } = await page({ first: 1 });
    const other = page({ first: 1, after: pageInfo.endCursor ?? undefined }, byMoment);
    await expect(other).rejects.toThrow(InvalidInputError);
  });
});
