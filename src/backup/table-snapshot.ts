import type { DataSource, EntityMetadata, QueryRunner } from 'typeorm';
import { isRecord } from '../common/guards.js';
import { createReadSource, type DatabaseLocation, type DatabaseSchema } from '../database/index.js';

/** A row as the database holds it, column by column. */
export type Row = readonly unknown[];

export interface SnapshotTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns of its primary key, by which it is read in order. */
  readonly key: readonly string[];
}

/** Rows read at a time. */
const PAGE = 1000;

/**
 * All tables as they are at one moment: one reading transaction, which on SQLite and on PostgreSQL sees nothing of what others write
 * afterwards, and keeps nobody from writing.
 */
export class TableSnapshot {
  private constructor(
    private readonly source: DataSource,
    private readonly runner: QueryRunner,
    /** No row refers to a table that comes later. */
    readonly tables: readonly SnapshotTable[],
  ) {}

  static async open(location: DatabaseLocation, schema: DatabaseSchema): Promise<TableSnapshot> {
    const source = await createReadSource(location, schema).initialize();
    const runner = source.createQueryRunner();
    const snapshot = new TableSnapshot(source, runner, orderedTables(source.entityMetadatas));
    try {
      await runner.query(snapshot.isPostgres ? 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' : 'BEGIN');
      // SQLite takes its snapshot with the first read.
      await snapshot.migrations();
      return snapshot;
    } catch (error) {
      await snapshot.close();
      throw error;
    }
  }

  /** Names of the migrations that were run, in order. */
  async migrations(): Promise<string[]> {
    const rows = await this.query('SELECT "name" FROM "migrations" ORDER BY "id"');
    return rows.map(({ name }) => String(name));
  }

  /** Pages of rows in the order of the primary key. */
  async *rows({ name, columns, key }: SnapshotTable): AsyncGenerator<Row[], void, undefined> {
    let last: Row | undefined;
    const list = (names: readonly string[]) => names.map((column) => `"${column}"`).join(', ');
    for (;;) {
      const places = key.map((_, index) => (this.isPostgres ? `$${index + 1}` : '?')).join(', ');
      const after = last === undefined ? '' : `WHERE (${list(key)}) > (${places})`;
      const parameters = last === undefined ? [] : key.map((column) => last?.[columns.indexOf(column)]);
      const found = await this.query(`SELECT ${list(columns)} FROM "${name}" ${after} ORDER BY ${list(key)} LIMIT ${PAGE}`, parameters); // prettier-ignore
      const rows = found.map((row) => columns.map((column) => row[column]));
      if (rows.length > 0) yield rows;
      if (rows.length < PAGE) return;
      last = rows[rows.length - 1];
    }
  }

  async close(): Promise<void> {
    await this.runner.query('COMMIT').catch(() => undefined);
    await this.runner.release();
    await this.source.destroy();
  }

  private get isPostgres(): boolean {
    return this.source.options.type === 'postgres';
  }

  private async query(sql: string, parameters: readonly unknown[] = []): Promise<Readonly<Record<string, unknown>>[]> {
    const rows: unknown = await this.runner.query(sql, [...parameters]);
    return Array.isArray(rows) ? rows.filter(isRecord) : [];
  }
}

function orderedTables(metadatas: readonly EntityMetadata[]): SnapshotTable[] {
  const ordered: EntityMetadata[] = [];
  const add = (metadata: EntityMetadata): void => {
    if (ordered.includes(metadata)) return;
    for (const { referencedEntityMetadata } of metadata.foreignKeys) {
      if (referencedEntityMetadata !== metadata) add(referencedEntityMetadata);
    }
    ordered.push(metadata);
  };
  for (const metadata of metadatas.toSorted((a, b) => (a.tableName < b.tableName ? -1 : 1))) add(metadata);
  return ordered.map(({ tableName, columns, primaryColumns }) => ({
    name: tableName,
    columns: columns.map(({ databaseName }) => databaseName),
    key: primaryColumns.map(({ databaseName }) => databaseName),
  }));
}
