import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { isBusyError } from './sqlite-error.js';
import { SqliteStatement } from './sqlite-statement.js';

export interface SqliteConnectionOptions {
  /** How long one statement waits for another process's lock, in milliseconds; it blocks this process meanwhile. */
  readonly timeout?: number;
  readonly readonly?: boolean;
}

const DEFAULT_TIMEOUT = 5000;
/** Longest pause between two attempts to begin a transaction, in milliseconds. */
const LONGEST_PAUSE = 8;
/** Pause after a transaction during which other processes can begin theirs, in milliseconds: SQLite knows no queue. */
const BREATH = 2;

/**
 * The part of better-sqlite3's interface that TypeORM's `better-sqlite3` driver uses, over `@photostructure/sqlite`,
 * which comes prebuilt from npm for every platform (better-sqlite3 needs a download or a compiler).
 *
 * A transaction begins IMMEDIATE: it takes the write lock at its start. A deferred one would fail at its first write,
 * without waiting, whenever another process had written since its first read.
 */
export class SqliteConnection {
  private readonly database: InstanceType<typeof DatabaseSync>;
  private readonly timeout: number;
  private begunAhead = false;
  private lastEnded = 0;

  constructor(path: string, options: SqliteConnectionOptions = {}) {
    this.timeout = options.timeout ?? DEFAULT_TIMEOUT;
    this.database = new DatabaseSync(path, {
      timeout: this.timeout,
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
    if (sql === 'COMMIT' || sql === 'ROLLBACK') return { reader: false, run: () => this.end(sql) };
    return new SqliteStatement(this.database.prepare(sql));
  }

  /**
   * Takes the write lock, waiting for other processes without blocking this one; the next `BEGIN TRANSACTION` is then
   * already done.
   * @param patience milliseconds until the wait is given up
   */
  async beginAhead(patience: number): Promise<void> {
    const deadline = performance.now() + patience;
    if (performance.now() - this.lastEnded < BREATH) await delay(BREATH);
    for (let pause = 1; !this.tryBegin(performance.now() >= deadline); pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      await delay(pause);
    }
    this.begunAhead = true;
  }

  close(): void {
    this.database.close();
  }

  /** @throws if the lock is taken and this is the last attempt */
  private tryBegin(last: boolean): boolean {
    this.database.exec('PRAGMA busy_timeout = 0');
    try {
      this.database.exec('BEGIN IMMEDIATE');
      return true;
    } catch (error) {
      if (!isBusyError(error) || last) throw error;
      return false;
    } finally {
      this.database.exec(`PRAGMA busy_timeout = ${this.timeout}`);
    }
  }

  private begin(): { changes: number } {
    if (!this.begunAhead) this.database.exec('BEGIN IMMEDIATE');
    this.begunAhead = false;
    return { changes: 0 };
  }

  private end(sql: 'COMMIT' | 'ROLLBACK'): { changes: number } {
    this.database.exec(sql);
    this.lastEnded = performance.now();
    return { changes: 0 };
  }
}
