import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const SOURCE = fileURLToPath(new URL('../..', import.meta.url));
/** Who chooses the strategy, and who lists all tables. */
const KNOWING = ['training/queue/queue.module.ts', 'training/training.database.ts'];

it('nothing outside the strategy knows which queue is in use', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .map((file) => relative(SOURCE, join(SOURCE, file)).split(sep).join('/'));
  expect(files).toContain('training/queue/embedded/embedded-queue.ts');
  const importers = files
    .filter((file) => !file.startsWith('training/queue/embedded/'))
    .filter((file) => /from '[^']*\/embedded\/|Embedded/.test(readFileSync(join(SOURCE, file), 'utf8')));
  expect(importers.toSorted()).toEqual(KNOWING);
});
