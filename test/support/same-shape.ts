import { expect } from '@jest/globals';

/** Values that a document must show as they are; of others only the type counts. */
const EXACT = ['__typename', 'code', 'status', 'kind', 'split', 'name', 'metric'];

/**
 * Fails unless an answer has the shape of the one that a document shows: the same names in objects, types of values, and for
 * lists as many kinds of item as are shown, the last of which stands for all that follow.
 */
export function expectSameShape(shown: unknown, received: unknown): void {
  expect(shapeOf(received, shown)).toEqual(shapeOf(shown, shown));
}

function shapeOf(value: unknown, shown: unknown, name = ''): unknown {
  if (Array.isArray(value)) {
    const examples: unknown[] = Array.isArray(shown) ? shown : [];
    if (examples.length === 0) return value.length === 0 ? [] : 'a list with items';
    return value.slice(0, examples.length).map((item, index) => shapeOf(item, examples[index]));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]: [string, unknown]) => [key, shapeOf(item, propertyOf(shown, key), key)]),
    );
  }
  // A value that the document shows as null may be null or not: an error that has no help, a figure that is not there yet.
  if (shown === null) return 'null or a value';
  return EXACT.includes(name) ? value : value === null ? 'null' : typeof value;
}

/** A property of a value that may have none. */
export function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
