import { Metric, z } from '@query2label/sdk';
import type { BuiltMetric, MetricProvider } from '@query2label/sdk';
import { decisionFigures } from './decision-counts.js';

const options = z.strictObject({
  threshold: z.number().min(0).max(1).default(0.5).describe('A label is predicted if its score reaches this'),
  inclusive: z.boolean().default(true).describe('Whether a score equal to the threshold reaches it'),
});
type F1Options = z.output<typeof options>;

/** CP, CR, CF1, OP, OR and OF1 with one threshold for all labels. */
@Metric({
  name: 'f1-at-threshold',
  description: 'Precision, recall and F1, per class and overall, at one threshold',
  options,
})
export class F1AtThreshold implements MetricProvider<F1Options> {
  build({ threshold, inclusive }: F1Options): BuiltMetric {
    const limit = Math.fround(threshold);
    const reached = inclusive ? (score: number) => score >= limit : (score: number) => score > limit;
    return { compute: (input) => decisionFigures(input, (scores) => Array.from(scores, reached)) };
  }
}
