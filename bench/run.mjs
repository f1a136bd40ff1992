// Compares the platform's speed with its peers, all measured in this run: npm run bench [-- --only NAME --json FILE ...]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CASES } from './cases/index.mjs';
import { describeMachine } from './harness/machine.mjs';
import { readOptions } from './options.mjs';
import { findPython, HOW_TO_INSTALL } from './peers/python.mjs';
import { reportOf } from './report.mjs';
import { runCase } from './run-case.mjs';
import { runFigures } from './run-figures.mjs';

const print = (text) => process.stdout.write(`${text}\n`);
const CACHE = fileURLToPath(new URL('.cache', import.meta.url));

// Contenders end with this process, whatever ends it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

try {
  const options = readOptions(process.argv.slice(2), CASES);
  if (options.help === undefined) await bench(options);
  else print(options.help);
} catch (error) {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
}

async function bench({ cases, json, threads, repeats, card }) {
  const machine = describeMachine();
  print(
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGibibytes} GiB, Node ${machine.node}, load ${machine.loadBefore}`,
  );
  if (card !== undefined) print(`On the card, ours on ${card.device}: ${machine.card}`);
  print(`${threads} threads for every contender, which take turns; medians`);
  const { python, missing } = findPython();
  if (missing !== undefined)
    print(`The peers in Python are missing (${missing}); ours is measured alone. ${HOW_TO_INSTALL}`);
  const folder = mkdtempSync(join(tmpdir(), 'q2l-bench-'));
  mkdirSync(CACHE, { recursive: true });
  const started = performance.now();
  const results = [];
  try {
    for (const current of cases) {
      const run = current.measure === undefined ? runCase : runFigures;
      const result = await run(current, { threads, repeats, card, python, folder, cache: CACHE });
      results.push(result);
      print(reportOf(result));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  const failed = results.filter(({ failure }) => failure !== undefined).length;
  print(`${results.length} cases, ${failed} failed, ${seconds} s`);
  if (json !== undefined) {
    writeFileSync(
      json,
      `${JSON.stringify({ date: new Date().toISOString(), machine, card, threads, missing, seconds, cases: results }, null, 2)}\n`,
    );
  }
  if (failed > 0) process.exitCode = 1;
}
