const HOUR = 60 * 60 * 1000;

/** Does something at once and each hour, until it is stopped; a round that fails is reported, and the next one tries again. */
export class HourlyRounds {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();

  constructor(
    private readonly work: () => Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** @param first what is done in the first round, if it is not the same */
  start(first: () => Promise<void> = this.work): void {
    this.begin(first);
    this.timer = setInterval(() => this.begin(this.work), HOUR).unref();
  }

  /** Waits for the round under way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.round;
  }

  private begin(work: () => Promise<void>): void {
    this.round = work().catch(this.failed);
  }
}
