import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { DatabaseLocation } from '../../src/database/index.js';
import { SqliteConnection } from '../../src/database/sqlite/sqlite-connection.js';

/** A folder for each released version: its database on both engines, with the files that belong to it. */
export const RELEASES = fileURLToPath(new URL('../fixtures/releases', import.meta.url));

/** What a release answered, and the ids of what it made. */
export interface ReleasedAnswers {
  readonly dataset: string;
  readonly pipeline: string;
  /** A run that succeeded; the alias `production` points at its best checkpoint. */
  readonly run: string;
  /** A run that was paused. */
  readonly paused: string;
  readonly production: string;
  /** A picture as base64, and the scores that the release gave it. */
  readonly picture: string;
  readonly labels: readonly { readonly label: string; readonly score: number }[];
}

export async function releasedAnswers(release: string): Promise<ReleasedAnswers> {
  return JSON.parse(await readFile(join(RELEASES, release, 'expected.json'), 'utf8')) as ReleasedAnswers;
}

/** Fills an empty database with the dump of a release. */
export async function loadReleasedDatabase(release: string, location: DatabaseLocation): Promise<void> {
  const dump = (engine: string) => readFile(join(RELEASES, release, `${engine}.sql`), 'utf8');
  if (location.url === '') {
    const connection = new SqliteConnection(location.sqliteFile);
    connection.exec('PRAGMA foreign_keys = OFF').exec(await dump('sqlite'));
    connection.close();
    return;
  }
  const client = new pg.Client({ connectionString: location.url });
  await client.connect();
  try {
    await client.query(await dump('postgresql'));
  } finally {
    await client.end();
  }
}

/** Copies checkpoints and images of a release into a data folder. */
export async function copyReleasedFiles(release: string, data: string): Promise<void> {
  for (const folder of ['checkpoints', 'images']) {
    await cp(join(RELEASES, release, folder), join(data, folder), { recursive: true });
  }
}
