/** Weight of the newest interval in the moving mean. */
const WEIGHT = 0.1;

/** Pictures per second as a moving mean over steps; pauses do not count. */
export class Speedometer {
  private last = performance.now();
  private secondsPerImage: number | null = null;

  add(images: number): void {
    const now = performance.now();
    const measured = (now - this.last) / 1000 / Math.max(images, 1);
    this.last = now;
    this.secondsPerImage =
      this.secondsPerImage === null ? measured : (1 - WEIGHT) * this.secondsPerImage + WEIGHT * measured;
  }

  /** What follows is not counted from before the pause. */
  pause(): void {
    this.last = performance.now();
  }

  perSecond(): number {
    return this.secondsPerImage === null ? 0 : 1 / Math.max(this.secondsPerImage, 1e-9);
  }
}
