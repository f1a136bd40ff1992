import { CheckpointStatus } from '../checkpoint/checkpoint.entity.js';
import type { Configuration } from '../config/index.js';
import { databaseLocation, type DatabaseSchema } from '../database/index.js';
import { type Row, type SnapshotTable, TableSnapshot } from './table-snapshot.js';

export interface RecordedCheckpoint {
  readonly kind: 'checkpoint';
  readonly id: string;
  readonly manifestSha256: string;
}

/** A checkpoint or an image that the database has a row of. */
export type RecordedFile = RecordedCheckpoint | { readonly kind: 'image'; readonly sha256: string };

/** Tables whose rows name images by their SHA-256. */
const IMAGE_TABLES = ['image', 'upload'];

/** Adds the files that rows of a table name, by their path below the data folder. */
export function noteFiles(
  { name, columns }: SnapshotTable,
  rows: readonly Row[],
  files: Map<string, RecordedFile>,
): void {
  const field = (row: Row, column: string): unknown => row[columns.indexOf(column)];
  for (const row of rows) {
    if (IMAGE_TABLES.includes(name)) {
      const sha256 = field(row, 'sha256');
      // Pictures that could not be read have none.
      if (typeof sha256 === 'string') files.set(`images/${sha256.slice(0, 2)}/${sha256}`, { kind: 'image', sha256 });
    }
    if (name === 'checkpoint' && field(row, 'status') === CheckpointStatus.READY) {
      const id = String(field(row, 'id'));
      files.set(`checkpoints/${id}`, { kind: 'checkpoint', id, manifestSha256: String(field(row, 'manifestSha256')) });
    }
  }
}

/** The files that the database names at this moment. */
export async function readRecordedFiles(
  configuration: Configuration,
  schema: DatabaseSchema,
): Promise<ReadonlyMap<string, RecordedFile>> {
  const snapshot = await TableSnapshot.open(databaseLocation(configuration), schema);
  try {
    const files = new Map<string, RecordedFile>();
    for (const table of snapshot.tables) {
      if (table.name !== 'checkpoint' && !IMAGE_TABLES.includes(table.name)) continue;
      for await (const rows of snapshot.rows(table)) noteFiles(table, rows, files);
    }
    return files;
  } finally {
    await snapshot.close();
  }
}

/** Passes pages on, and shows each on its way. */
export async function* watched(pages: AsyncIterable<Row[]>, see: (rows: Row[]) => void): AsyncGenerator<Row[]> {
  for await (const rows of pages) {
    see(rows);
    yield rows;
  }
}
