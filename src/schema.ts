import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { printPlatformSchema } from './print-platform-schema.js';

/** `schema.js write` writes schema.gql, `schema.js check` fails if it is not what the code says. */
const file = fileURLToPath(new URL('../schema.gql', import.meta.url));
const action = process.argv[2];
const printed = await printPlatformSchema();
if (action === 'write') {
  await writeFile(file, printed);
} else if (action !== 'check') {
  process.stderr.write(`schema: received ${action ?? 'nothing'}; expected write or check\n`);
  process.exitCode = 2;
} else if ((await readFile(file, 'utf8').catch(() => '')) !== printed) {
  process.stderr.write('schema.gql is not what the code says. Run npm run schema and commit it.\n');
  process.exitCode = 1;
}
