import { AsyncLocalStorage } from 'node:async_hooks';
import type { OnApplicationShutdown } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { ConflictError } from '../common/errors/index.js';
import { isRecord } from '../common/guards.js';
import { Mutex } from './mutex.js';
import { QueryRecorder } from './query-recorder.js';
import { SqliteConnection } from './sqlite/sqlite-connection.js';
import { isUniqueViolation } from './violations.js';

/** How long a write waits for another process's transaction on SQLite, in milliseconds. */
const WRITE_PATIENCE = 30_000;

/** How often the work of `writeUnique` is done: of requests that clash, one succeeds in each round. */
const UNIQUE_ROUNDS = 20;

interface RunningWrite {
  readonly manager: EntityManager;
  finished: boolean;
}

/**
 * The way to the database: `read` for queries, `write` for everything else.
 *
 * On SQLite there are two connections: one that only reads (the database itself refuses writes on it) and one for
 * `write`, used by one transaction at a time. TypeORM has a single connection for each data source there, so that
 * without this a plain insert during another request's transaction would join it and be lost with its rollback, and
 * reads would see what is not committed. On PostgreSQL `read` refuses writes too; transactions run side by side.
 */
@Injectable()
export class DatabaseService implements OnApplicationShutdown {
  private readonly running = new AsyncLocalStorage<RunningWrite>();
  private readonly writer = new Mutex();

  constructor(
    private readonly readSource: DataSource,
    private readonly writeSource: DataSource,
  ) {}

  /** `sqlite` or `postgres`, for the few queries that differ. */
  get engine(): 'sqlite' | 'postgres' {
    return this.writeSource.options.type === 'postgres' ? 'postgres' : 'sqlite';
  }

  /** For queries only. Within the work of `write` it is that transaction's manager, so that reads see its changes. */
  get read(): EntityManager {
    return this.runningWrite()?.manager ?? this.readSource.manager;
  }

  /**
   * Runs the work as one transaction: all of its changes are kept, or none if it throws. The only way to write.
   *
   * A `write` within the work joins it. Keep the work short: on SQLite all other writes wait for it. Nothing slow
   * (files, other processes) belongs inside.
   */
  async write<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const outer = this.runningWrite();
    if (outer !== undefined) return work(outer.manager);
    return this.engine === 'sqlite' ? this.writer.run(() => this.transaction(work)) : this.transaction(work);
  }

  /**
   * `write` for work that first looks whether a row exists and then stores one: on PostgreSQL another transaction may store
   * the same in between. The work is then done again, some times if need be, and finds that row. Never within another `write`.
   * @param what is being stored, for the error
   * @throws ConflictError if the key is taken each time
   */
  async writeUnique<T>(what: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    for (let round = 1; ; round += 1) {
      try {
        return await this.write(work);
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        if (round < UNIQUE_ROUNDS) continue;
        throw new ConflictError(`Another request is storing ${what} at this moment.`, {
          help: 'Try again.',
          cause: error,
        });
      }
    }
  }

  /** Names of migrations that this version has and the database lacks. */
  async pendingMigrations(): Promise<readonly string[]> {
    const rows: unknown = await this.readSource.query('SELECT name FROM migrations');
    const done = new Set(Array.isArray(rows) ? rows.filter(isRecord).map(({ name }) => name) : []);
    return this.writeSource.migrations
      .map(({ name, constructor }) => name ?? constructor.name)
      .filter((name) => !done.has(name));
  }

  /** Remembers the SQL sent from now on, until `end` is called; for tests and for looking into slow requests. */
  recordQueries(): { readonly queries: readonly string[]; readonly end: () => void } {
    const recorder = new QueryRecorder();
    const sources = [this.readSource, this.writeSource];
    const loggers = sources.map(({ logger }) => logger);
    for (const source of sources) source.logger = recorder;
    const end = (): void => sources.forEach((source, index) => (source.logger = loggers[index] ?? source.logger));
    return { queries: recorder.queries, end };
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.readSource.isInitialized) await this.readSource.destroy();
    if (this.writeSource.isInitialized) await this.writeSource.destroy();
  }

  private runningWrite(): RunningWrite | undefined {
    const running = this.running.getStore();
    return running?.finished === false ? running : undefined;
  }

  private async transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const runner = this.writeSource.createQueryRunner();
    try {
      const connection: unknown = await runner.connect();
      if (connection instanceof SqliteConnection) await connection.beginAhead(WRITE_PATIENCE);
      await runner.startTransaction();
      const running: RunningWrite = { manager: runner.manager, finished: false };
      try {
        const result = await this.running.run(running, () => work(runner.manager));
        running.finished = true;
        await runner.commitTransaction();
        return result;
      } catch (error) {
        running.finished = true;
        // Where the connection is lost the server rolls back by itself; the first error says why, not the one of the rollback.
        if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
        throw error;
      }
    } finally {
      await runner.release();
    }
  }
}
