import type { ConnectionArguments } from './connection-arguments.js';
import type { Page } from './connection.js';
import { decodeCursor, encodeCursor, invalidCursor } from './cursor.js';
import { isSet, pageSize } from './page-size.js';

const ORDER = 'list';

/**
 * One page of a list that is in memory.
 * @param items in the order of the list
 * @param keyOf unique and stable for each item
 * @throws InvalidInputError as `paginate` does
 */
export function pageOf<Item>(
  items: readonly Item[],
  page: ConnectionArguments,
  keyOf: (item: Item) => string,
): Page<Item> {
  const { size, backward } = pageSize(page);
  const start = isSet(page.after) ? positionOf(items, keyOf, page.after, 'after') + 1 : 0;
  const end = isSet(page.before) ? positionOf(items, keyOf, page.before, 'before') : items.length;
  const from = backward ? Math.max(start, end - size) : start;
  const to = backward ? end : Math.min(end, start + size);
  const nodes = items.slice(from, to);
  const edges = nodes.map((node) => ({ node, cursor: encodeCursor(ORDER, [keyOf(node)]) }));
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: to < items.length,
      hasPreviousPage: from > 0,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: () => Promise.resolve(items.length),
  };
}

function positionOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  cursor: string,
  argument: string,
): number {
  const [key] = decodeCursor(cursor, ORDER, argument);
  const position = items.findIndex((item) => keyOf(item) === key);
  if (position === -1) throw invalidCursor(cursor, argument);
  return position;
}
