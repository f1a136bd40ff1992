#!/usr/bin/env node
import { existsSync } from 'node:fs';

const program = new URL('../dist/cli.js', import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  console.error('q2l is not built yet. Run "npm run build" in the project\'s folder first.');
  process.exitCode = 1;
}
