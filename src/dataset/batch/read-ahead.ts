/**
 * Yields what `start` makes of each item, in order, with up to `ahead` further ones begun.
 * @param start begins one; `stopped` is set when the consumer has ended, and what it gives then is not looked at
 */
export async function* readAhead<Item, Result>(
  items: readonly Item[],
  ahead: number,
  start: (item: Item, stopped: AbortSignal) => Promise<Result | undefined>,
  signal?: AbortSignal,
): AsyncGenerator<Result, void, undefined> {
  const end = new AbortController();
  const stopped = signal === undefined ? end.signal : AbortSignal.any([signal, end.signal]);
  const begun: Promise<Result | undefined>[] = [];
  let next = 0;
  try {
    for (;;) {
      while (begun.length <= ahead && next < items.length) {
        const result = start(items[next], stopped);
        // A failure is thrown when its turn comes; until then it is not an unhandled one.
        result.catch(() => undefined);
        begun.push(result);
        next += 1;
      }
      const result = await begun.shift();
      if (result === undefined) return;
      yield result;
    }
  } finally {
    end.abort();
    await Promise.allSettled(begun);
  }
}

/** The rows of an order, batch by batch; the last may be shorter. */
export function batchesOf(order: Uint32Array, batchSize: number): Uint32Array[] {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`batchSize: received ${batchSize}; expected a whole number of at least 1.`);
  }
  return Array.from({ length: Math.ceil(order.length / batchSize) }, (_, index) =>
    order.subarray(index * batchSize, (index + 1) * batchSize),
  );
}
