interface Shared<Value> {
  readonly result: Promise<Value>;
  readonly giveUp: AbortController;
  followers: number;
}

/**
 * Work that equal requests share: begun by the first, answered to all. It is given up when the last of those that wait for it has left;
 * one that cannot leave (without a signal) keeps it going.
 */
export class SharedWork<Value> {
  private readonly running = new Map<string, Shared<Value>>();

  /** Number of works that are under way. */
  get size(): number {
    return this.running.size;
  }

  has(key: string): boolean {
    return this.running.has(key);
  }

  /**
   * @param key equal for requests of the same result
   * @param begin starts the work; its signal is aborted when nobody waits any more
   * @param signal of who asks: aborted when they leave
   * @throws whatever the work throws; the reason of `signal` if that is aborted first
   */
  async join(key: string, begin: (signal: AbortSignal) => Promise<Value>, signal?: AbortSignal): Promise<Value> {
    signal?.throwIfAborted();
    const shared = this.running.get(key) ?? this.begin(key, begin);
    shared.followers += 1;
    if (signal === undefined) return shared.result;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        reject(reasonOf(signal));
        this.leave(key, shared, signal);
      };
      signal.addEventListener('abort', leave, { once: true });
      shared.result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    });
  }

  private leave(key: string, shared: Shared<Value>, signal: AbortSignal): void {
    shared.followers -= 1;
    if (shared.followers > 0) return;
    this.forget(key, shared);
    shared.giveUp.abort(reasonOf(signal));
  }

  private begin(key: string, begin: (signal: AbortSignal) => Promise<Value>): Shared<Value> {
    const giveUp = new AbortController();
    const result = begin(giveUp.signal);
    const shared: Shared<Value> = { result, giveUp, followers: 0 };
    this.running.set(key, shared);
    const forget = (): void => this.forget(key, shared);
    // Also where nobody is left to hear of a failure.
    result.then(forget, forget);
    return shared;
  }

  private forget(key: string, shared: Shared<Value>): void {
    if (this.running.get(key) === shared) this.running.delete(key);
  }
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error('The request was withdrawn.', { cause: reason });
}
