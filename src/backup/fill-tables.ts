import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { DataSource, QueryRunner } from 'typeorm';
import { type BackupDescription, DATABASE_FOLDER } from './backup-description.js';
import { readHead, readRow } from './row-lines.js';
import type { Row } from './table-snapshot.js';

/** Values of one INSERT at most; both engines take more. */
const MOST_VALUES = 900;

/** Puts the rows of a backup into the empty tables that its migrations made: all of them in one transaction, or none. */
export async function fillTables(source: DataSource, folder: string, { tables }: BackupDescription): Promise<void> {
  const runner = source.createQueryRunner();
  await runner.connect();
  try {
    await runner.startTransaction();
    for (const { name } of tables) await fillTable(runner, name, join(folder, DATABASE_FOLDER, `${name}.jsonl`));
    await runner.commitTransaction();
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction();
    throw error;
  } finally {
    await runner.release();
  }
}

async function fillTable(runner: QueryRunner, table: string, file: string): Promise<void> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  let columns: readonly string[] = [];
  let rows: Row[] = [];
  for await (const line of lines) {
    if (columns.length === 0) {
      columns = readHead(line);
      continue;
    }
    rows.push(readRow(line));
    if ((rows.length + 1) * columns.length > MOST_VALUES) {
      await insert(runner, table, columns, rows);
      rows = [];
    }
  }
  if (rows.length > 0) await insert(runner, table, columns, rows);
}

async function insert(
  runner: QueryRunner,
  table: string,
  columns: readonly string[],
  rows: readonly Row[],
): Promise<void> {
  const isPostgres = runner.connection.options.type === 'postgres';
  const values = rows.flat();
  const list = (row: number): string =>
    columns.map((_, column) => (isPostgres ? `$${row * columns.length + column + 1}` : '?')).join(', ');
  const names = columns.map((column) => `"${column}"`).join(', ');
  await runner.query(`INSERT INTO "${table}" (${names}) VALUES ${rows.map((_, row) => `(${list(row)})`).join(', ')}`, values); // prettier-ignore
}
