import { rankLabel, z } from '@query2label/sdk';
import type { BuiltMetric, MetricInput, RankedLabel } from '@query2label/sdk';
import type { AveragePrecision, Ranking } from './average-precision.js';
import { bootstrapInterval } from './bootstrap.js';

/** The options that every mean average precision has. */
export const averagePrecisionOptions = z.strictObject({
  bootstrapSamples: z
    .int()
    .min(0)
    .max(10_000)
    .default(0)
    .describe('Resamplings of the images for an interval of the mean (figures low and high); 0 for none'),
  confidence: z.number().gt(0).lt(1).default(0.95).describe('Probability that the interval covers'),
  seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(0).describe('Of the resamplings'),
});
type AveragePrecisionOptions = z.output<typeof averagePrecisionOptions>;

/** Mean over the labels that have a positive; those without one are `null` and left out. */
export function meanAveragePrecision(
  averagePrecision: AveragePrecision,
  { bootstrapSamples, confidence, seed }: AveragePrecisionOptions,
): BuiltMetric {
  return {
    compute: (input: MetricInput) => {
      const keep = bootstrapSamples > 0;
      const ranked: (RankedLabel & Ranking)[] = [];
      const perLabel = Array.from({ length: input.labels }, (_, label) => {
        const ranking = withTies(rankLabel(input, label));
        if (keep) ranked.push(ranking);
        return averagePrecision(ranking);
      });
      const value = meanOfDefined(perLabel);
      if (!keep) return { value, perLabel };
      const measure = (rankings: readonly Ranking[]): number | null => meanOfDefined(rankings.map(averagePrecision));
      const figures = bootstrapInterval(ranked, input.images, measure, { samples: bootstrapSamples, confidence, seed });
      return { value, perLabel, figures };
    },
  };
}

function withTies(ranked: RankedLabel): RankedLabel & Ranking {
  const { scores } = ranked;
  const lastOfTie = new Uint8Array(scores.length);
  for (let rank = 0; rank < scores.length; rank += 1) lastOfTie[rank] = scores[rank] === scores[rank + 1] ? 0 : 1;
  return { ...ranked, lastOfTie };
}

function meanOfDefined(values: readonly (number | null)[]): number | null {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? null : defined.reduce((sum, one) => sum + one, 0) / defined.length;
}
