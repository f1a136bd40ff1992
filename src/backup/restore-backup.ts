import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { DataSource } from 'typeorm';
import type { Configuration } from '../config/index.js';
import { createWriteSource, type DatabaseLocation, databaseLocation, type DatabaseSchema, migrate } from '../database/index.js'; // prettier-ignore
import { type BackupDescription, DATA_FOLDER } from './backup-description.js';
import { BackupError } from './backup-error.js';
import { fillTables } from './fill-tables.js';
import { copyHashed, flushFolders } from './hashed-files.js';
import { readBackup } from './read-backup.js';

/**
 * Puts a backup into an empty data folder and an empty database: all of it is verified first, the files are copied next, and the database
 * comes last. It may be of an earlier version of the platform, and of the other database engine.
 * @throws BackupError, nothing changed
 */
export async function restoreBackup(
  configuration: Configuration,
  schema: DatabaseSchema,
  source: string,
): Promise<BackupDescription> {
  const folder = resolve(source);
  const data = configuration.data.folder;
  const location = databaseLocation(configuration);
  await assertEmpty(data, location);
  const description = await readBackup(folder);
  const older = migrationsOf(description, schema);
  await mkdir(data, { recursive: true });
  const prefix = `${DATA_FOLDER}/`;
  const paths = Object.keys(description.files).filter((path) => path.startsWith(prefix));
  for (const path of paths) await copyHashed(join(folder, path), join(data, path.slice(prefix.length)));
  await flushFolders(paths.map((path) => dirname(join(data, path.slice(prefix.length)))));
  const building = location.url === '' ? { ...location, sqliteFile: `${location.sqliteFile}.unfinished` } : location;
  await build(building, older, (database) => fillTables(database, folder, description));
  await build(building, schema, (database) => giveName(database, location));
  if (location.url === '') {
    const left = (await readdir(data)).filter((name) => name.startsWith(basename(building.sqliteFile)));
    for (const name of left) await rm(join(data, name));
  }
  return description;
}

/** A database of SQLite has its name only when it is filled and on the disk: one file, with nothing left in a journal beside it. */
async function giveName(source: DataSource, { url, sqliteFile }: DatabaseLocation): Promise<void> {
  if (url !== '') return;
  const whole = `${sqliteFile}.unfinished-copy`;
  await source.query('VACUUM INTO ?', [whole]);
  const handle = await open(whole, 'r+');
  await handle.sync();
  await handle.close();
  await rename(whole, sqliteFile);
  await flushFolders([dirname(sqliteFile)]);
}

/** Migrates a database and does something with it. */
async function build(
  location: DatabaseLocation,
  schema: DatabaseSchema,
  work: (source: DataSource) => Promise<void>,
): Promise<void> {
  const source = await createWriteSource(location, schema).initialize();
  try {
    await migrate(source);
    await work(source);
  } finally {
    await source.destroy();
  }
}

async function assertEmpty(data: string, location: DatabaseLocation): Promise<void> {
  const found = await readdir(data).catch(() => []);
  if (found.length > 0) {
    throw new BackupError(
      `${data} is not empty (it holds ${found[0]}); a backup is restored into an empty data folder.`,
      'Set Q2L_DATA to a new folder, or move what is there away.',
    );
  }
  if (location.url === '') return;
  const source = await createWriteSource(location, { entities: [], migrations: [] }).initialize();
  try {
    const runner = source.createQueryRunner();
    const taken = await runner.hasTable('migrations').finally(() => runner.release());
    if (!taken) return;
    throw new BackupError(
      `The database has tables of the platform already; a backup is restored into an empty database.`,
      'Make a new database, and let DATABASE_URL name it.',
    );
  } finally {
    await source.destroy();
  }
}

/** The schema that the backup was made with, as far as its tables go. @throws BackupError if that is newer than this version */
function migrationsOf({ migrations }: BackupDescription, schema: DatabaseSchema): DatabaseSchema {
  const known = schema.migrations.map(({ name }) => name);
  const unknown = migrations.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new BackupError(
      `The backup was made by a newer version of the platform: ${unknown.join(', ')} is not known here.`,
      'Restore it with that version, or a newer one.',
    );
  }
  return { entities: [], migrations: schema.migrations.filter(({ name }) => migrations.includes(name)) };
}
