import { hostRandom, keyOf } from '@query2label/sdk';
import type { RankedLabel } from '@query2label/sdk';
import type { Ranking } from './average-precision.js';

export interface BootstrapPlan {
  readonly samples: number;
  /** Probability that the interval covers, for example 0.95. */
  readonly confidence: number;
  readonly seed: number;
}

/** Interval and standard error of a statistic; a type, so that it may serve as the figures of a metric. */
export type BootstrapFigures = {
  readonly low: number | null;
  readonly high: number | null;
  readonly standardError: number | null;
};

/**
 * Percentile interval of a statistic over resampled images (Efron, 1979): each sample draws as many images as there are, with
 * replacement, all labels of an image together. A pure function of the seed.
 */
export function bootstrapInterval(
  ranked: readonly (RankedLabel & Ranking)[],
  images: number,
  statistic: (rankings: readonly Ranking[]) => number | null,
  { samples, confidence, seed }: BootstrapPlan,
): BootstrapFigures {
  const values: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const counts = drawCounts(images, seed, sample);
    const value = statistic(ranked.map((label) => resampled(label, counts)));
    if (value !== null) values.push(value);
  }
  if (values.length === 0) return { low: null, high: null, standardError: null };
  values.sort((a, b) => a - b);
  const tail = (1 - confidence) / 2;
  return { low: quantile(values, tail), high: quantile(values, 1 - tail), standardError: deviation(values) };
}

/** How often each image was drawn. */
function drawCounts(images: number, seed: number, sample: number): Uint16Array {
  const random = hostRandom(keyOf(seed, 'bootstrap', sample));
  const counts = new Uint16Array(images);
  for (let draw = 0; draw < images; draw += 1) counts[random.integer(images)] += 1;
  return counts;
}

/** The ranking of the drawn images: each as often as it was drawn, in its place. */
function resampled({ rows, truth, lastOfTie }: RankedLabel & Ranking, counts: Uint16Array): Ranking {
  const length = rows.reduce((sum, row) => sum + counts[row], 0);
  const drawn = { truth: new Uint8Array(length), lastOfTie: new Uint8Array(length) };
  let end = 0;
  rows.forEach((row, rank) => {
    drawn.truth.fill(truth[rank], end, end + counts[row]);
    end += counts[row];
    if (lastOfTie[rank] === 1 && end > 0) drawn.lastOfTie[end - 1] = 1;
  });
  return drawn;
}

/** Between the two nearest values in proportion. @param sorted ascending, not empty */
function quantile(sorted: readonly number[], part: number): number {
  const position = part * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / Math.max(1, values.length - 1));
}
