import { type DatabaseService, openDatabase } from '../../src/database/index.js';
import { Note, noteSchema } from './note.js';
import type { TestLocation } from './test-location.js';

/** An open database with the table of notes. */
export interface NoteDatabase {
  readonly place: TestLocation;
  readonly database: DatabaseService;
  /** Texts of all notes, in the order of their ids. */
  texts(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** @param create makes an empty database, which is gone after `close` */
export async function openNoteDatabase(create: () => Promise<TestLocation>): Promise<NoteDatabase> {
  const place = await create();
  const database = await openDatabase(place.location, noteSchema);
  return {
    place,
    database,
    texts: async () => (await database.read.find(Note, { order: { id: 'ASC' } })).map(({ text }) => text),
    close: async () => {
      await database.onApplicationShutdown();
      await place.remove();
    },
  };
}
