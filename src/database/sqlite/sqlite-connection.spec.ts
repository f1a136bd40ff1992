import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryFolder, type TemporaryFolder } from '../../../test/support/temporary-folder.js';
import { createReadSource, createWriteSource } from '../data-sources.js';
import { SqliteConnection } from './sqlite-connection.js';
import { SqliteStatement } from './sqlite-statement.js';

describe('SqliteConnection', () => {
  let folder: TemporaryFolder;
  let path: string;
  const open: SqliteConnection[] = [];

  const connect = (timeout = 0): SqliteConnection => {
    const connection = new SqliteConnection(path, { timeout });
    open.push(connection);
    return connection;
  };
  const prepare = (connection: SqliteConnection, sql: string): SqliteStatement => {
    const statement = connection.prepare(sql);
    if (statement instanceof SqliteStatement) return statement;
    throw new Error(`${sql} is not a statement of its own`);
  };

  beforeEach(async () => {
    folder = await temporaryFolder();
    path = join(folder.path, 'test.sqlite');
    connect().exec('PRAGMA journal_mode = WAL; CREATE TABLE t (a INTEGER, b BLOB, c TEXT)');
  });

  afterEach(async () => {
    for (const connection of open.splice(0)) connection.close();
    await folder.remove();
  });

  it('gives back what was stored: numbers, text, bytes as Buffer, booleans as 0 and 1, null', () => {
    const connection = connect();
    const insert = prepare(connection, 'INSERT INTO t VALUES (?, ?, ?)');
    expect(insert.reader).toBe(false);
    expect(insert.run(Number.MAX_SAFE_INTEGER, Buffer.from([1, 2]), 'é')).toEqual({ changes: 1, lastInsertRowid: 1 });
    insert.run(true, null, undefined);
    const select = prepare(connection, 'SELECT * FROM t ORDER BY rowid');
    expect(select.reader).toBe(true);
    const rows = select.all();
    expect(rows).toEqual([
      { a: Number.MAX_SAFE_INTEGER, b: Buffer.from([1, 2]), c: 'é' },
      { a: 1, b: null, c: null },
    ]);
    expect(Buffer.isBuffer(rows[0]?.b)).toBe(true);
    expect(prepare(connection, 'SELECT c FROM t WHERE a = ?').get(5)).toBeUndefined();
  });

  it('knows that INSERT ... RETURNING returns rows', () => {
    expect(prepare(connect(), 'INSERT INTO t (a) VALUES (3) RETURNING a').all()).toEqual([{ a: 3 }]);
  });

  it.each([
    ['a Date', new Date(), /parameter 1 is a Date/],
    ['an object', { a: 1 }, /parameter 1 is a value of type object/],
    ['a function', () => 1, /of type function/],
  ])('refuses to store %s', (_name, value, message) => {
    expect(() => prepare(connect(), 'INSERT INTO t (a) VALUES (?)').run(value)).toThrow(message);
  });

  it('takes the write lock when a transaction begins, not at its first write', () => {
    const [first, second] = [connect(), connect()];
    first.prepare('BEGIN TRANSACTION').run();
    expect(() => second.prepare('BEGIN TRANSACTION').run()).toThrow(/locked/);
    first.exec('COMMIT');
    second.prepare('BEGIN TRANSACTION').run();
    second.exec('ROLLBACK');
  });

  it('waits for the lock without blocking the process', async () => {
    const [first, second] = [connect(), connect()];
    first.exec('BEGIN IMMEDIATE');
    let ticks = 0;
    const ticker = setInterval(() => (ticks += 1), 5);
    setTimeout(() => first.exec('COMMIT'), 150);
    await second.beginAhead(5000);
    clearInterval(ticker);
    second.prepare('BEGIN TRANSACTION').run();
    second.exec('COMMIT');
    expect(ticks).toBeGreaterThan(10);
  });

  it('gives up when its patience ends', async () => {
    const [first, second] = [connect(), connect()];
    first.exec('BEGIN IMMEDIATE');
    await expect(second.beginAhead(60)).rejects.toThrow(/locked/);
    first.exec('ROLLBACK');
  });
});

describe('the SQLite data sources', () => {
  it('use WAL, foreign keys, full synchronisation and a busy timeout; the reading one refuses writes', async () => {
    const folder = await temporaryFolder();
    const location = { url: '', sqliteFile: join(folder.path, 'q2l.sqlite') };
    const schema = { entities: [], migrations: [] };
    const write = await createWriteSource(location, schema).initialize();
    const read = await createReadSource(location, schema).initialize();
    try {
      expect(await write.query('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
      expect(await write.query('PRAGMA synchronous')).toEqual([{ synchronous: 2 }]);
      for (const source of [read, write]) {
        expect(await source.query('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1 }]);
      }
      expect(await read.query('PRAGMA busy_timeout')).toEqual([{ timeout: 5000 }]);
      expect(await read.query('PRAGMA query_only')).toEqual([{ query_only: 1 }]);
      await expect(read.query('CREATE TABLE t (a)')).rejects.toThrow(/readonly/);
    } finally {
      await read.destroy();
      await write.destroy();
      await folder.remove();
    }
  });
});
