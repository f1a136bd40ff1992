import { PredictionOverloadedError, PredictionUnavailableError } from '../prediction-errors.js';
import { systemClock, type Clock } from './clock.js';
import { FairQueue } from './fair-queue.js';

export interface BatcherOptions {
  /** Most items computed together. */
  readonly maximumBatch: number;
  /** Longest wait of an item for its batch to fill while a worker is free. */
  readonly maximumDelayMilliseconds: number;
  /** Most items waiting for one model. */
  readonly maximumQueued: number;
  /** Most bytes held by items that wait or are being computed, over all models. */
  readonly maximumBytes: number;
  /** Batches computed at a time: the number of workers. */
  readonly concurrency: number;
}

/** An item in its batch. */
export interface BatchItem<Item> {
  readonly item: Item;
  /** Time from its arrival to the dispatch of its batch. */
  readonly queuedMilliseconds: number;
}

/** Computes a batch; the results are in the order of the items. What it throws becomes the failure of every item. */
export type ExecuteBatch<Item, Result> = (key: string, items: readonly BatchItem<Item>[]) => Promise<readonly Result[]>;

interface Pending<Item, Result> {
  readonly item: Item;
  readonly bytes: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers items into batches: one queue per key (a model); a queue is ready when it can fill a batch or its oldest item
 * has waited the maximum delay. Ready queues take turns, so a busy model does not starve the others.
 */
export class DynamicBatcher<Item, Result> {
  /** Insertion order is the order of turns. */
  private readonly queues = new Map<string, FairQueue<Pending<Item, Result>>>();
  private readonly running = new Set<Promise<void>>();
  private cancelTimer: (() => void) | undefined;
  private lanes = 0;
  private bytes = 0;
  private closing = false;

  constructor(
    private readonly options: BatcherOptions,
    private readonly execute: ExecuteBatch<Item, Result>,
    private readonly clock: Clock = systemClock,
  ) {}

  /** Items waiting, over all keys. */
  get queued(): number {
    let count = 0;
    for (const queue of this.queues.values()) count += queue.size;
    return count;
  }

  /**
   * Adds the items of one request: all of them or none.
   * @param bytes memory that an item holds beside its own record, 0 for none
   * @returns one promise per item, in order
   * @throws PredictionOverloadedError if a bound would be exceeded, PredictionUnavailableError after `close`
   */
  submit(key: string, items: readonly Item[], bytes: (item: Item) => number = () => 0): Promise<Result>[] {
    if (this.closing) throw new PredictionUnavailableError('The server is stopping and takes no new predictions.');
    this.checkBounds(key, items, bytes);
    const queue = this.queues.get(key) ?? new FairQueue<Pending<Item, Result>>();
    this.queues.set(key, queue);
    const lane = String(this.lanes++);
    const now = this.clock.now();
    const results = items.map(
      (item) =>
        new Promise<Result>((resolve, reject) => {
          const size = bytes(item);
          this.bytes += size;
          queue.push(lane, { item, bytes: size, resolve, reject }, now);
        }),
    );
    this.dispatch();
    return results;
  }

  /** Takes no more items, computes those that wait without further delay, and resolves when all are done. */
  async close(): Promise<void> {
    this.closing = true;
    this.dispatch();
    while (this.running.size > 0) await Promise.all(this.running);
  }

  private checkBounds(key: string, items: readonly Item[], bytes: (item: Item) => number): void {
    const waiting = this.queues.get(key)?.size ?? 0;
    const { maximumQueued, maximumBytes } = this.options;
    if (waiting + items.length > maximumQueued) {
      throw new PredictionOverloadedError(
        `${waiting} images wait for this model; ${items.length} more would exceed the bound of ${maximumQueued}.`,
      );
    }
    const added = items.reduce((sum, item) => sum + bytes(item), 0);
    if (this.bytes + added > maximumBytes) {
      throw new PredictionOverloadedError(
        `Images in memory hold ${this.bytes} bytes; ${added} more would exceed the bound of ${maximumBytes}.`,
      );
    }
  }

  private dispatch(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    while (this.running.size < this.options.concurrency) {
      const key = this.nextReady();
      if (key === undefined) break;
      const batch = this.run(key).finally(() => {
        this.running.delete(batch);
        this.dispatch();
      });
      this.running.add(batch);
    }
    if (this.running.size < this.options.concurrency) this.wakeAtNextDeadline();
  }

  private nextReady(): string | undefined {
    const now = this.clock.now();
    for (const [key, queue] of this.queues) {
      const due = queue.oldest !== undefined && now - queue.oldest >= this.options.maximumDelayMilliseconds;
      if (due || queue.size >= this.options.maximumBatch || this.closing) return key;
    }
    return undefined;
  }

  private wakeAtNextDeadline(): void {
    let earliest = Infinity;
    for (const { oldest } of this.queues.values()) {
      if (oldest !== undefined) earliest = Math.min(earliest, oldest + this.options.maximumDelayMilliseconds);
    }
    if (earliest === Infinity) return;
    // Rounded up: a timer that fires a fraction of a millisecond early would find nothing due and spin.
    const wait = Math.max(0, Math.ceil(earliest - this.clock.now()));
    this.cancelTimer = this.clock.schedule(wait, () => {
      this.dispatch();
    });
  }

  /** Takes a batch from the queue of the key, whose turn ends with it. */
  private async run(key: string): Promise<void> {
    const queue = this.queues.get(key);
    if (queue === undefined) return;
    const now = this.clock.now();
    const taken = queue.take(this.options.maximumBatch);
    this.queues.delete(key);
    if (queue.size > 0) this.queues.set(key, queue);
    const batch = taken.map(({ entry, enqueuedAt }) => ({ item: entry.item, queuedMilliseconds: now - enqueuedAt }));
    try {
      const results = await this.execute(key, batch);
      if (results.length !== taken.length) {
        throw new Error(`batch for "${key}": expected ${taken.length} results, received ${results.length}`);
      }
      results.forEach((result, index) => taken[index]?.entry.resolve(result));
    } catch (error) {
      for (const { entry } of taken) entry.reject(error);
    } finally {
      for (const { entry } of taken) this.bytes -= entry.bytes;
    }
  }
}
