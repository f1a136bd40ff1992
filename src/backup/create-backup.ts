import { randomUUID } from 'node:crypto';
import { lstat, mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Configuration } from '../config/index.js';
import { databaseLocation, type DatabaseSchema } from '../database/index.js';
import type { BackupDescription } from './backup-description.js';
import { BackupError } from './backup-error.js';
import { BackupWriter } from './backup-writer.js';
import { flushFolders } from './hashed-files.js';

/**
 * Copies database, checkpoints and images into a folder of their own, also while servers and workers run: the database as of one moment, and
 * with it every checkpoint that it records, each file with its SHA-256. The folder has its name only when it is whole.
 * @param target must not exist
 * @throws BackupError
 */
export async function createBackup(
  configuration: Configuration,
  schema: DatabaseSchema,
  target: string,
): Promise<BackupDescription> {
  const folder = resolve(target);
  const inside = relative(configuration.data.folder, folder);
  if (inside === '' || (!inside.startsWith('..') && resolve(inside) !== inside)) {
    throw new BackupError(`${folder} lies in the data folder; a backup belongs elsewhere, on another disk at best.`);
  }
  if (await exists(folder)) throw new BackupError(`${folder} exists already; a backup needs a name of its own.`);
  const { url, sqliteFile } = databaseLocation(configuration);
  if (url === '' && !(await exists(sqliteFile))) {
    throw new BackupError(
      `There is no database at ${sqliteFile}.`,
      'Run the command where the server runs, or set Q2L_DATA, or DATABASE_URL for PostgreSQL.',
    );
  }
  const temporary = join(dirname(folder), `.unfinished-${basename(folder)}-${randomUUID()}`);
  await mkdir(temporary, { recursive: true });
  try {
    const description = await new BackupWriter(configuration, schema, temporary).write();
    await rename(temporary, folder);
    await flushFolders([dirname(folder)]);
    return description;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
