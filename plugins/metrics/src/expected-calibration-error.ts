import { Metric, z } from '@query2label/sdk';
import type { BuiltMetric, MetricInput, MetricProvider, MetricResult } from '@query2label/sdk';

const options = z.strictObject({
  bins: z.int().min(1).max(1000).default(15).describe('Intervals of equal width into which the scores are sorted'),
});
type CalibrationOptions = z.output<typeof options>;

/**
 * Expected calibration error (Naeini et al. 2015; Guo et al. 2017) of the scores as probabilities of a label's presence: mean distance
 * between the mean score and the share of positives of each bin, weighted by the bin's size. The value takes all labels of all
 * images together; per label there is one of its own. Unknown targets are left out. 0 is best.
 */
@Metric({
  name: 'expected-calibration-error',
  description: 'How far scores are from the share of positives among images of that score; 0 is best',
  options,
})
export class ExpectedCalibrationError implements MetricProvider<CalibrationOptions> {
  build({ bins }: CalibrationOptions): BuiltMetric {
    return { lowerIsBetter: true, compute: (input) => calibrationError(input, bins) };
  }
}

function calibrationError({ images, labels, scores, targets }: MetricInput, bins: number): MetricResult {
  const together = new Bins(bins);
  const apart = Array.from({ length: labels }, () => new Bins(bins));
  for (let cell = 0; cell < images * labels; cell += 1) {
    if (targets[cell] === -1) continue;
    if (!(scores[cell] >= 0 && scores[cell] <= 1)) {
      const place = `image ${Math.floor(cell / labels)} has ${scores[cell]} for label ${cell % labels}`;
      throw new RangeError(`Scores lie from 0 to 1; ${place}.`);
    }
    together.add(scores[cell], targets[cell]);
    apart[cell % labels].add(scores[cell], targets[cell]);
  }
  return { value: together.error(), perLabel: apart.map((label) => label.error()) };
}

class Bins {
  /** Sum over the bin of score minus truth. */
  private readonly distances: Float64Array;
  private count = 0;

  constructor(private readonly bins: number) {
    this.distances = new Float64Array(bins);
  }

  add(score: number, truth: number): void {
    this.distances[Math.min(this.bins - 1, Math.floor(score * this.bins))] += score - truth;
    this.count += 1;
  }

  error(): number | null {
    return this.count === 0 ? null : this.distances.reduce((sum, one) => sum + Math.abs(one), 0) / this.count;
  }
}
