// Runs random programs compiled and on the reference engine: `npm run engine:fuzz -- --programs 2000 --seed 1`.
// Prints each program that differs, and exits with 1 if any does.
import { parseArgs } from 'node:util';
import { EngineComparison } from '../dist/testing/compare-engines.js';
import { checkProgram } from '../dist/testing/fuzz/check-program.js';

const { values } = parseArgs({
  options: { programs: { type: 'string', default: '500' }, seed: { type: 'string', default: '0' } },
});
const [programs, first] = [values.programs, values.seed].map((text) => {
  if (/^\d+$/.test(text)) return Number(text);
  console.error(`--programs and --seed take whole numbers; received "${text}".`);
  process.exit(2);
});
const engines = new EngineComparison();
let failures = 0;
for (let seed = first; seed < first + programs; seed++) {
  const failure = await checkProgram(engines, seed);
  if (failure === undefined) continue;
  failures += 1;
  console.error(`${failure}\n`);
}
await engines.dispose();
console.log(`${programs} programs from seed ${first} on: ${failures === 0 ? 'all equal' : `${failures} differ`}.`);
process.exitCode = failures === 0 ? 0 : 1;
