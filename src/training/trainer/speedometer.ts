/** Weight of the newest interval in the moving mean. */
const WEIGHT = 0.1;

/** Pictures per second as a moving mean over steps; pauses do not count. */
export class Speedometer {
  private last: number;
  private secondsPerImage: number | null = null;
  private lapImages = 0;
  private lapSeconds = 0;

  /** @param now a clock in milliseconds that never goes back */
  constructor(private readonly now: () => number = () => performance.now()) {
    this.last = now();
  }

  add(images: number): void {
    const now = this.now();
    const seconds = (now - this.last) / 1000;
    const measured = seconds / Math.max(images, 1);
    this.last = now;
    this.lapImages += images;
    this.lapSeconds += seconds;
    this.secondsPerImage =
      this.secondsPerImage === null ? measured : (1 - WEIGHT) * this.secondsPerImage + WEIGHT * measured;
  }

  /** What follows is not counted from before the pause. */
  pause(): void {
    this.last = this.now();
  }

  /** Pictures per second over all steps since the last lap; null if there were none. */
  lap(): number | null {
    const speed = this.lapImages === 0 ? null : this.lapImages / Math.max(this.lapSeconds, 1e-9);
    this.lapImages = 0;
    this.lapSeconds = 0;
    return speed;
  }

  perSecond(): number {
    return this.secondsPerImage === null ? 0 : 1 / Math.max(this.secondsPerImage, 1e-9);
  }
}
