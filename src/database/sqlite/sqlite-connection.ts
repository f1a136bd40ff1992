import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { isBusyError } from './sqlite-error.js';
import { SqliteStatement } from './sqlite-statement.js';

export interface SqliteConnectionOptions {
  /** How long one statement waits for another process's lock, in milliseconds; it blocks this process meanwhile. */
  readonly timeout?: number;
  readonly readonly?: boolean;
}

/** Longest pause between two attempts to begin a transaction, in milliseconds. */
const LONGEST_PAUSE = 50;

/**
 * The part of better-sqlite3's interface that TypeORM's `better-sqlite3` driver uses, over `@photostructure/sqlite`,
 * which comes prebuilt from npm for every platform (better-sqlite3 needs a download or a compiler).
 *
 * A transaction begins IMMEDIATE: it takes the write lock at its start. A deferred one would fail at its first write,
 * without waiting, whenever another process had written since its first read.
 */
export class SqliteConnection {
  private readonly database: InstanceType<typeof DatabaseSync>;
  private begunAhead = false;

  constructor(path: string, options: SqliteConnectionOptions = {}) {
    this.database = new DatabaseSync(path, {
      timeout: options.timeout ?? 5000,
      readOnly: options.readonly ?? false,
      enableForeignKeyConstraints: true,
    });
  }

  exec(sql: string): this {
    this.database.exec(sql);
    return this;
  }

  /** Runs `PRAGMA sql` and returns its rows. */
  pragma(sql: string): unknown[] {
    return new SqliteStatement(this.database.prepare(`PRAGMA ${sql}`)).all();
  }

  prepare(sql: string): SqliteStatement | { readonly reader: false; readonly run: () => { changes: number } } {
    if (sql === 'BEGIN TRANSACTION') return { reader: false, run: () => this.begin() };
    return new SqliteStatement(this.database.prepare(sql));
  }

  /**
   * Takes the write lock, waiting for other processes without blocking this one; the next `BEGIN TRANSACTION` is then
   * already done.
   * @param patience milliseconds until the wait is given up
   */
  async beginAhead(patience: number): Promise<void> {
    const deadline = Date.now() + patience;
    for (let pause = 1; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        this.database.exec('BEGIN IMMEDIATE');
        this.begunAhead = true;
        return;
      } catch (error) {
        if (!isBusyError(error) || Date.now() >= deadline) throw error;
      }
      await delay(pause);
    }
  }

  close(): void {
    this.database.close();
  }

  private begin(): { changes: number } {
    if (!this.begunAhead) this.database.exec('BEGIN IMMEDIATE');
    this.begunAhead = false;
    return { changes: 0 };
  }
}
