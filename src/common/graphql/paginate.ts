import { Brackets, type EntityMetadata, type ObjectLiteral, type SelectQueryBuilder } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import type { ConnectionArguments } from './connection-arguments.js';
import type { Page } from './connection.js';
import { type CursorValues, decodeCursor, encodeCursor } from './cursor.js';
import { isSet, pageSize } from './page-size.js';

export type Direction = 'ASC' | 'DESC';

export interface PaginateOptions {
  /**
   * Properties of the entity to order by; none may hold null. The primary key is appended where it is missing, so that
   * the order is total. Default: primary key, descending (newest first, since identifiers are ordered by time).
   */
  readonly orderBy?: readonly { readonly column: string; readonly direction: Direction }[];
}

interface OrderTerm {
  readonly column: ColumnMetadata;
  readonly direction: Direction;
}

/**
 * One page of a query by keyset: it costs the same for the thousandth page as for the first, and rows that are added
 * or removed meanwhile neither repeat nor hide others.
 * @param query filters are its own; its ordering is replaced
 * @param alias the alias of the entity in the query
 * @throws InvalidInputError for page sizes out of range, `first` with `last`, or a cursor of another list
 */
export async function paginate<Entity extends ObjectLiteral>(
  query: SelectQueryBuilder<Entity>,
  alias: string,
  page: ConnectionArguments,
  options: PaginateOptions = {},
): Promise<Page<Entity>> {
  const { size, backward } = pageSize(page);
  const terms = orderTerms(metadataOf(query, alias), options);
  const order = terms.map(({ column, direction }) => `${column.propertyPath} ${direction}`).join(', ');
  const whole = query.clone();
  if (isSet(page.after)) addBound(query, alias, terms, decodeCursor(page.after, order, 'after'), 'after');
  if (isSet(page.before)) addBound(query, alias, terms, decodeCursor(page.before, order, 'before'), 'before');
  query.orderBy();
  for (const { column, direction } of terms) {
    query.addOrderBy(`${alias}.${column.propertyPath}`, backward ? opposite(direction) : direction);
  }
  const joins = query.expressionMap.joinAttributes.length > 0;
  const rows = await (joins ? query.take(size + 1) : query.limit(size + 1)).getMany();
  const more = rows.length > size;
  const nodes = rows.slice(0, size);
  if (backward) nodes.reverse();
  const edges = nodes.map((node) => ({ node, cursor: encodeCursor(order, valuesOf(node, terms)) }));
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: backward ? isSet(page.before) : more,
      hasPreviousPage: backward ? more : isSet(page.after),
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: () => whole.orderBy().getCount(),
  };
}

function metadataOf<Entity extends ObjectLiteral>(query: SelectQueryBuilder<Entity>, alias: string): EntityMetadata {
  return query.expressionMap.findAliasByName(alias).metadata;
}

function orderTerms(metadata: EntityMetadata, { orderBy = [] }: PaginateOptions): readonly OrderTerm[] {
  const named = orderBy.map(({ column, direction }) => {
    const found = metadata.findColumnWithPropertyPath(column);
    if (found === undefined) throw new Error(`paginate: ${metadata.name} has no column "${column}" to order by.`);
    return { column: found, direction };
  });
  const direction = named.at(-1)?.direction ?? 'DESC';
  const missing = metadata.primaryColumns.filter((key) => !named.some(({ column }) => column === key));
  return [...named, ...missing.map((column) => ({ column, direction }))];
}

/** `(a < :a) OR (a = :a AND b < :b)`: rows strictly beyond the cursor in the list's order. */
function addBound<Entity extends ObjectLiteral>(
  query: SelectQueryBuilder<Entity>,
  alias: string,
  terms: readonly OrderTerm[],
  values: CursorValues,
  side: 'after' | 'before',
): void {
  const parameter = (index: number): string => `${alias}_${side}_${index}`;
  query.andWhere(
    new Brackets((bound) => {
      terms.forEach(({ direction }, index) => {
        const comparisons = terms.slice(0, index + 1).map(({ column }, at) => {
          const ascending = (direction === 'ASC') === (side === 'after');
          const operator = at < index ? '=' : ascending ? '>' : '<';
          return `${alias}.${column.propertyPath} ${operator} :${parameter(at)}`;
        });
        bound.orWhere(`(${comparisons.join(' AND ')})`);
      });
    }),
  );
  query.setParameters(Object.fromEntries(values.map((value, index) => [parameter(index), value])));
}

function valuesOf(entity: ObjectLiteral, terms: readonly OrderTerm[]): CursorValues {
  return terms.map(({ column }) => {
    const value: unknown = column.getEntityValue(entity, true);
    if (typeof value === 'string' || typeof value === 'number') return value;
    throw new Error(
      `paginate: ${column.entityMetadata.name}.${column.propertyPath} holds ${String(value)}; a list cannot be ordered by it.`,
    );
  });
}

function opposite(direction: Direction): Direction {
  return direction === 'ASC' ? 'DESC' : 'ASC';
}
