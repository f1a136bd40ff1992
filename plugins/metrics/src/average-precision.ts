import type { BuiltMetric, MetricInput, MetricResult } from '@query2label/sdk';
import { rankedTruth } from './ranking.js';

/** Average precision of one label from its ranked truth (1 positive, 0 negative); `null` without a positive. */
export type AveragePrecision = (ranked: Uint8Array) => number | null;

const positives = (ranked: Uint8Array): number => ranked.reduce((count, truth) => count + truth, 0);

/**
 * Area under the precision envelope over all points (PASCAL VOC from 2010 on, and the official Query2Label evaluation): at each
 * recall the best precision at that recall or beyond.
 */
export const allPointAveragePrecision: AveragePrecision = (ranked) => {
  const total = positives(ranked);
  if (total === 0) return null;
  let found = total;
  let envelope = 0;
  let area = 0;
  for (let rank = ranked.length - 1; rank >= 0; rank -= 1) {
    if (ranked[rank] === 0) continue;
    envelope = Math.max(envelope, found / (rank + 1));
    area += envelope;
    found -= 1;
  }
  return area / total;
};

/** Mean of the precisions at each positive, without interpolation: how ASL and ML-Decoder evaluate. */
export const plainAveragePrecision: AveragePrecision = (ranked) => {
  let found = 0;
  let sum = 0;
  ranked.forEach((truth, rank) => {
    if (truth === 0) return;
    found += 1;
    sum += found / (rank + 1);
  });
  return found === 0 ? null : sum / found;
};

/** Mean over the labels that have a positive; those without one are `null` and left out. */
export function meanAveragePrecision(averagePrecision: AveragePrecision): BuiltMetric {
  return {
    compute: (input: MetricInput): MetricResult => {
      const perLabel = Array.from({ length: input.labels }, (_, label) => averagePrecision(rankedTruth(input, label)));
      const defined = perLabel.filter((value) => value !== null);
      const value = defined.length === 0 ? null : defined.reduce((sum, one) => sum + one, 0) / defined.length;
      return { value, perLabel };
    },
  };
}
