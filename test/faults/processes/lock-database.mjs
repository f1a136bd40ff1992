// Holds the write lock of a SQLite database: node lock-database.mjs FILE MILLISECONDS; prints "locked" when it has it
import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';

const [file, milliseconds] = process.argv.slice(2);
const database = new DatabaseSync(file, { timeout: 30_000 });
database.exec('BEGIN EXCLUSIVE');
process.stdout.write('locked\n');
await delay(Number(milliseconds));
database.exec('ROLLBACK');
database.close();
