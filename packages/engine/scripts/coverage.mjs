// Writes docs/engine-coverage.md. Run it with `npm run engine:coverage`, which builds the engine first.
import { writeFile } from 'node:fs/promises';
import { coveragePage } from '../dist/testing/coverage.js';

await writeFile(new URL('../../../docs/engine-coverage.md', import.meta.url), coveragePage());
