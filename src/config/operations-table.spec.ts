import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { LEAVES } from './leaves.js';

interface Row {
  readonly name: string;
  readonly variable: string;
  readonly value: string;
  readonly meaning: string;
}

/** `| `http.port` | `PORT` | `3000` | Port to listen on |` */
const ROW = /^\| `([\w.]+)` \| `(\w+)` \| (.+?) \| (.+) \|$/gm;

function rowsOf(document: string): Row[] {
  return [...document.matchAll(ROW)].map(([, name, variable, value, meaning]) => ({ name, variable, value, meaning }));
}

/** A default as the table shows it. */
function shown(value: unknown, path: boolean | undefined): string {
  if (value === '') return '(empty)';
  if (typeof value !== 'string') return `\`${JSON.stringify(value)}\``;
  return `\`${path === true ? './' : ''}${value}\``;
}

describe('the configuration table of docs/operations.md', () => {
  it('has every key with its variable, default and description, and no other', async () => {
    const rows = rowsOf(await readFile('docs/operations.md', 'utf8'));
    const expected = LEAVES.map(({ name, environment, schema, path, description }) => ({
      name,
      variable: environment,
      value: shown(schema.parse(undefined), path),
      meaning: description,
    }));
    expect(rows).toEqual(expected);
  });
});
