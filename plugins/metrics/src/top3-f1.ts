import { Metric, z } from '@query2label/sdk';
import type { BuiltMetric, MetricProvider } from '@query2label/sdk';
import { decisionFigures } from './decision-counts.js';

const options = z.strictObject({
  count: z.int().min(1).default(3).describe('Labels predicted for each image'),
  minimumScore: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('Of those, only labels whose score reaches this; 0 takes all'),
});
type TopOptions = z.output<typeof options>;

/** CP, CR, CF1, OP, OR and OF1 when the best labels of each image are predicted; ties go to the label that comes first. */
@Metric({
  name: 'top3-f1',
  description: 'Precision, recall and F1, per class and overall, of the three best labels',
  options,
})
export class Top3F1 implements MetricProvider<TopOptions> {
  build({ count, minimumScore }: TopOptions): BuiltMetric {
    const limit = Math.fround(minimumScore);
    return {
      compute: (input) =>
        decisionFigures(input, (scores) => {
          const best = Array.from(scores.keys())
            .sort((a, b) => scores[b] - scores[a] || a - b)
            .slice(0, count);
          const decided = new Array<boolean>(scores.length).fill(false);
          for (const label of best) decided[label] = scores[label] >= limit;
          return decided;
        }),
    };
  }
}
