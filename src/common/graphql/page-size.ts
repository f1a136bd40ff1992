import { InvalidInputError } from '../errors/index.js';
import { type ConnectionArguments, DEFAULT_PAGE_SIZE, MAXIMUM_PAGE_SIZE } from './connection-arguments.js';

/**
 * How many items a page holds, and whether they are counted from the end.
 * @throws InvalidInputError for `first` with `last`, or a size out of range
 */
export function pageSize({ first, last }: ConnectionArguments): { readonly size: number; readonly backward: boolean } {
  if (isSet(first) && isSet(last)) {
    throw InvalidInputError.field('last', 'received first and last together; expected one of them');
  }
  const [argument, size] = isSet(last) ? ['last', last] : ['first', first ?? DEFAULT_PAGE_SIZE];
  if (!Number.isInteger(size) || size < 1 || size > MAXIMUM_PAGE_SIZE) {
    throw InvalidInputError.field(argument, `received ${size}; expected a whole number from 1 to ${MAXIMUM_PAGE_SIZE}`);
  }
  return { size, backward: isSet(last) };
}

/** GraphQL gives null for an argument that a client sets to null. */
export function isSet<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
