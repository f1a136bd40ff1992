import { formatDuration, formatNumber } from './format.js';

/**
 * How fast countable work goes, from its first piece on: what comes before that (a model is compiled) comes once. A count that falls begins
 * anew.
 */
export class Pace {
  private first: { readonly done: number; readonly at: number } | undefined;
  private last = 0;

  /**
   * @param unit what is counted, in the plural
   * @param now milliseconds of a clock
   */
  constructor(
    private readonly unit: string,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** `pictures  12.5 a second  3 min 05 s left`: the unit alone until there are two counts, no time left when there is nothing left. */
  describe(done: number, total: number): string {
    const at = this.now();
    if (this.first === undefined || this.first.done === 0 || done < this.last) this.first = { done, at };
    this.last = done;
    const perSecond = (1000 * (done - this.first.done)) / (at - this.first.at);
    if (!(perSecond > 0 && Number.isFinite(perSecond))) return this.unit;
    const speed = `${this.unit}  ${formatNumber(perSecond, perSecond < 100 ? 1 : 0)} a second`;
    return done < total ? `${speed}  ${formatDuration((total - done) / perSecond)} left` : speed;
  }
}
