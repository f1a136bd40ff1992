import type { StatementSyncInstance } from '@photostructure/sqlite';
import { isRecord } from '../../common/guards.js';

type Row = Readonly<Record<string, unknown>>;

/** A prepared statement with better-sqlite3's interface. Blobs come back as `Buffer`. */
export class SqliteStatement {
  /** Whether it returns rows (`SELECT`, `RETURNING`, most pragmas). */
  readonly reader: boolean;

  constructor(private readonly statement: StatementSyncInstance) {
    this.reader = statement.columns().length > 0;
  }

  /** Runs it for its effect. */
  run(...parameters: unknown[]): { readonly changes: number; readonly lastInsertRowid: number } {
    const result = this.statement.run(...parameters.map(bindable));
    return { changes: Number(result.changes), lastInsertRowid: Number(result.lastInsertRowid) };
  }

  all(...parameters: unknown[]): Row[] {
    return this.statement
      .all(...parameters.map(bindable))
      .filter(isRecord)
      .map(withBuffers);
  }

  get(...parameters: unknown[]): Row | undefined {
    const row: unknown = this.statement.get(...parameters.map(bindable));
    return isRecord(row) ? withBuffers(row) : undefined;
  }
}

function bindable(value: unknown, index: number): string | number | bigint | Uint8Array | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Uint8Array) return value;
  // The library below would store a Date as a number or as nothing, depending on its version.
  const received = value instanceof Date ? 'a Date (use @TimestampColumn)' : `a value of type ${typeof value}`;
  throw new TypeError(
    `SQLite parameter ${index + 1} is ${received}; expected text, a number, a boolean, bytes or null.`,
  );
}

function withBuffers(row: Row): Row {
  const plain: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(row)) {
    plain[column] =
      value instanceof Uint8Array && !Buffer.isBuffer(value)
        ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
        : value;
  }
  return plain;
}
