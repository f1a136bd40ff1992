import type { Image } from '../entities/image.entity.js';
import type { SplitReport } from './import-report.js';

/** Counts the readable images of one split. */
export class SplitCounter {
  /** First path by content. */
  readonly contents = new Map<string, string>();
  private readonly positives: Uint32Array;
  /** Number of images by number of labels. */
  private readonly histogram: number[] = [];

  constructor(
    readonly name: string,
    private readonly labels: readonly string[],
  ) {
    this.positives = new Uint32Array(labels.length);
  }

  /** The counts of several splits together; contents are not united. */
  static union(counters: readonly SplitCounter[], labels: readonly string[]): SplitCounter {
    const union = new SplitCounter('', labels);
    for (const { positives, histogram } of counters) {
      positives.forEach((count, index) => (union.positives[index] += count));
      histogram.forEach((images, count) => (union.histogram[count] = (union.histogram[count] ?? 0) + images));
    }
    return union;
  }

  /** Path of an earlier image of this split with the same content. */
  firstWithContent({ sha256 }: Image): string | undefined {
    return sha256 === null ? undefined : this.contents.get(sha256);
  }

  add({ sha256, path }: Image, values: readonly (readonly [labelIndex: number, value: number])[]): void {
    if (sha256 !== null && !this.contents.has(sha256)) this.contents.set(sha256, path);
    const present = values.filter(([, value]) => value === 1);
    for (const [labelIndex] of present) this.positives[labelIndex]++;
    this.histogram[present.length] = (this.histogram[present.length] ?? 0) + 1;
  }

  report(): SplitReport {
    const labelsPerImage = Object.entries(this.histogram).map(([labels, images]) => ({
      labels: Number(labels),
      images,
    }));
    const images = labelsPerImage.reduce((sum, entry) => sum + entry.images, 0);
    const positives = labelsPerImage.reduce((sum, entry) => sum + entry.images * entry.labels, 0);
    return {
      name: this.name,
      images,
      meanLabelsPerImage: images === 0 ? null : positives / images,
      labelsPerImage,
      labelsWithoutPositives: this.labels.filter((_, index) => this.positives[index] === 0),
    };
  }
}
