export interface BackOffOptions {
  /** Wait before the first restart. */
  readonly firstMilliseconds: number;
  /** The wait doubles with each failure in a row, up to this. */
  readonly maximumMilliseconds: number;
}

/** Waits between restarts: they grow while a process keeps ending early and start over once one has done its work. */
export class BackOff {
  private failures = 0;

  constructor(private readonly options: BackOffOptions) {}

  /** Counts a failure and returns how long to wait, in milliseconds. */
  next(): number {
    const wait = this.options.firstMilliseconds * 2 ** this.failures;
    this.failures++;
    return Math.min(wait, this.options.maximumMilliseconds);
  }

  reset(): void {
    this.failures = 0;
  }
}
