import { z } from 'zod';

/** Version of the layout of a backup; see docs/operations.md. */
export const BACKUP_VERSION = 1;
/** In the folder of a backup: what it holds, and the SHA-256 of that. */
export const DESCRIPTION_FILE = 'backup.json';
export const CHECKSUM_FILE = 'backup.sha256';
/** Folders of a backup. */
export const DATABASE_FOLDER = 'database';
export const DATA_FOLDER = 'data';

const file = z.strictObject({ bytes: z.int().nonnegative(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });
/** A path below the folder of the backup, with forward slashes and no way out of it. */
const path = z.string().regex(/^(database|data)(\/(?!\.{1,2}(\/|$))[^/\\]+)+$/);

/** The `backup.json` of a backup: written last, so that a backup without it was not finished. */
export const backupDescriptionSchema = z.strictObject({
  formatVersion: z.literal(BACKUP_VERSION),
  createdAt: z.iso.datetime(),
  /** Engine that it was made from; it can be restored to either. */
  engine: z.enum(['sqlite', 'postgres']),
  /** Migrations that its tables were made by, in order. */
  migrations: z.array(z.string()),
  /** In an order in which they can be filled: no row refers to a table that comes later. */
  tables: z.array(z.strictObject({ name: z.string().regex(/^[a-z_]+$/), rows: z.int().nonnegative() })),
  files: z.record(path, file),
  /** Checkpoints and images that were damaged or gone already when the backup was made. */
  leftOut: z.array(z.strictObject({ path: z.string(), fault: z.string() })),
});

export type BackupDescription = z.output<typeof backupDescriptionSchema>;
export type BackupFile = z.output<typeof file>;
