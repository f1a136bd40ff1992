interface Waiting<Entry> {
  readonly entry: Entry;
  readonly enqueuedAt: number;
}

/**
 * Entries in lanes, one lane per request. Entries are taken one from each lane in turn, so that a request of one image
 * does not wait for all images of the large request before it; within a lane the order is that of arrival.
 */
export class FairQueue<Entry> {
  /** Insertion order is the order of turns: a lane that has had its turn is moved to the end. */
  private readonly lanes = new Map<string, Waiting<Entry>[]>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** When the entry that has waited longest was added; `undefined` if the queue is empty. */
  get oldest(): number | undefined {
    let oldest: number | undefined;
    for (const [head] of this.lanes.values()) {
      if (head !== undefined && (oldest === undefined || head.enqueuedAt < oldest)) oldest = head.enqueuedAt;
    }
    return oldest;
  }

  push(lane: string, entry: Entry, now: number): void {
    const waiting = this.lanes.get(lane);
    if (waiting === undefined) this.lanes.set(lane, [{ entry, enqueuedAt: now }]);
    else waiting.push({ entry, enqueuedAt: now });
    this.count++;
  }

  /** Removes and returns up to `limit` entries. */
  take(limit: number): Waiting<Entry>[] {
    const taken: Waiting<Entry>[] = [];
    while (taken.length < limit) {
      const turn = this.lanes.entries().next();
      if (turn.done) break;
      const [lane, waiting] = turn.value;
      this.lanes.delete(lane);
      const head = waiting.shift();
      if (head !== undefined) taken.push(head);
      if (waiting.length > 0) this.lanes.set(lane, waiting);
    }
    this.count -= taken.length;
    return taken;
  }
}
