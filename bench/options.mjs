import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

const USAGE = `usage: npm run bench [-- OPTIONS]
  --only NAME      cases whose name starts so, for example prediction or training-r18; may be given more than once
  --json FILE      writes everything that was measured
  --threads N      threads of every contender; default: all cores
  --repeats N      alternating repeats; default: 9 for predictions, 5 for training steps`;

/** @throws Error that says what was expected */
export function readOptions(given, cases) {
  const { values } = parseArgs({
    args: given,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      json: { type: 'string' },
      threads: { type: 'string', default: String(availableParallelism()) },
      repeats: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { help: USAGE };
  const unknown = values.only.find((prefix) => !cases.some(({ name }) => name.startsWith(prefix)));
  if (unknown !== undefined) {
    throw new Error(`--only: no case starts with "${unknown}"; there are ${cases.map(({ name }) => name).join(', ')}`);
  }
  return {
    cases: cases.filter(
      ({ name }) => values.only.length === 0 || values.only.some((prefix) => name.startsWith(prefix)),
    ),
    json: values.json,
    threads: wholeNumber('--threads', values.threads),
    repeats: values.repeats === undefined ? undefined : wholeNumber('--repeats', values.repeats),
  };
}

function wholeNumber(option, text) {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${option} takes a whole number from 1; it received "${text}"`);
}
