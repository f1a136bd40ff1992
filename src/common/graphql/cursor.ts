import { z } from 'zod';
import { InvalidInputError } from '../errors/index.js';

/** Values of the ordering columns of one row, as the database stores them. */
export type CursorValues = readonly (string | number)[];

const content = z.strictObject({ order: z.string(), values: z.array(z.union([z.string(), z.number()])) });

/** @param order the ordering that the cursor belongs to: `createdAt DESC, id DESC` */
export function encodeCursor(order: string, values: CursorValues): string {
  return Buffer.from(JSON.stringify({ order, values }), 'utf8').toString('base64url');
}

/**
 * @param argument name of the argument that held it, for the error
 * @throws InvalidInputError if it is not a cursor, or one of a list with another ordering
 */
export function decodeCursor(cursor: string, order: string, argument: string): CursorValues {
  const parsed = content.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!parsed.success || parsed.data.order !== order) throw invalidCursor(cursor, argument);
  return parsed.data.values;
}

/** The error for a cursor that does not belong to the list. */
export function invalidCursor(cursor: string, argument: string): InvalidInputError {
  return InvalidInputError.field(
    argument,
    `received ${JSON.stringify(cursor.slice(0, 80))}; expected a cursor that this list has answered`,
    'Take it from pageInfo or edges of the same list, or leave it out to start from the beginning.',
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
