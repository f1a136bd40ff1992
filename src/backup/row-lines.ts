import { z } from 'zod';
import type { Row } from './table-snapshot.js';

/** Numbers that JSON has no word for. */
const special = z.strictObject({ number: z.enum(['Infinity', '-Infinity', 'NaN']) }).transform(({ number }) => Number(number)); // prettier-ignore
const value = z.union([z.string(), z.number(), z.boolean(), z.null(), special]);
const headSchema = z.strictObject({ columns: z.array(z.string().regex(/^\w+$/)).min(1) });

/** A table as text: a line with its columns, then each row as a JSON list. */
export async function* tableLines(
  columns: readonly string[],
  pages: AsyncIterable<readonly Row[]>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield Buffer.from(`${JSON.stringify({ columns })}\n`);
  for await (const rows of pages) yield Buffer.from(rows.map((row) => `${JSON.stringify(row.map(plain))}\n`).join(''));
}

/** @throws ZodError, SyntaxError */
export function readHead(line: string): readonly string[] {
  return headSchema.parse(JSON.parse(line)).columns;
}

/** @throws ZodError, SyntaxError */
export function readRow(line: string): Row {
  return z.array(value).parse(JSON.parse(line));
}

function plain(field: unknown): unknown {
  if (typeof field === 'number' && !Number.isFinite(field)) return { number: String(field) };
  if (field === null || ['string', 'number', 'boolean'].includes(typeof field)) return field;
  throw new TypeError(`A column holds a value of type ${typeof field}, which a backup has no form for.`);
}
