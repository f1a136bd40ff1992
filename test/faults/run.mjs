// Runs the suite of faults and prints its table: node test/faults/run.mjs [--json FILE] [--only NAME]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { sumUp } from './sum-up.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = resolve(HERE, '../..');
const USAGE = 'usage: npm run test:faults [-- --json FILE --only NAME]';

const options = readOptions();
const names = readdirSync(HERE)
  .filter((file) => file.endsWith('.spec.ts'))
  .map((file) => file.replace('.spec.ts', ''));
if (options.only !== undefined && !names.includes(options.only)) {
  fail(`--only: there is no "${options.only}"; expected one of ${names.join(', ')}`);
}

const folder = mkdtempSync(join(tmpdir(), 'q2l-faults-'));
const record = join(folder, 'attempts.jsonl');
const started = Date.now();
const { status } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(ROOT, 'node_modules/jest/bin/jest.js'),
    '--config',
    join(HERE, 'jest.config.js'),
    ...(options.only === undefined ? [] : [`test/faults/${options.only}.spec.ts`]),
  ],
  { cwd: ROOT, stdio: 'inherit', env: { ...process.env, Q2L_FAULT_RECORD: record } },
);
const rows = sumUp(existsSync(record) ? readFileSync(record, 'utf8') : '');
rmSync(folder, { recursive: true });

const table = new Table({ head: ['fault', 'where', 'tried', 'survived', 'lost'], style: { head: [], border: [] } });
for (const { fault, where, tried, survived, lost } of rows) table.push([fault, where, tried, survived, lost]);
const lost = rows.reduce((sum, row) => sum + row.lost, 0);
const seconds = Math.round((Date.now() - started) / 1000);
process.stdout.write(`\n${table.toString()}\n`);
if (!process.env.TEST_DATABASE_URL) {
  process.stdout.write('PostgreSQL was left out: TEST_DATABASE_URL is not set (scripts/ci/postgresql.sh sets it).\n');
}
process.stdout.write(`${rows.length} faults, ${lost} lost, ${seconds} s\n`);
const passed = status === 0 && lost === 0 && rows.length > 0;
if (options.json !== undefined) {
  writeFileSync(options.json, `${JSON.stringify({ passed, seconds, faults: rows }, null, 2)}\n`);
}
process.exitCode = passed ? 0 : 1;

function readOptions() {
  try {
    return parseArgs({ options: { json: { type: 'string' }, only: { type: 'string' } } }).values;
  } catch (error) {
    return fail(error.message);
  }
}

function fail(message) {
  process.stderr.write(`${message}\n${USAGE}\n`);
  process.exit(2);
}
