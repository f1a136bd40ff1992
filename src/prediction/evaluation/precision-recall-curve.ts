import type { RankedLabel } from '@query2label/sdk';

/** Precision and recall of a label when scores that are not below the threshold are accepted. */
export interface CurvePoint {
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
}

/**
 * The precision-recall curve of a label, from the highest score to the lowest: a point for each distinct score at which recall
 * grows, and the last one. Where there are more than asked for, points about equally far apart in that order are kept, the first and
 * the last among them. Empty for a label without positives.
 * @param limit greatest number of points, at least 2
 */
export function precisionRecallCurve({ scores, truth, positives }: RankedLabel, limit: number): CurvePoint[] {
  if (positives === 0) return [];
  const points: CurvePoint[] = [];
  let hits = 0;
  let before = 0;
  for (let rank = 0; rank < scores.length; rank += 1) {
    hits += truth[rank];
    const last = rank + 1 === scores.length;
    if (!last && (scores[rank] === scores[rank + 1] || hits === before)) continue;
    points.push({ threshold: scores[rank], precision: hits / (rank + 1), recall: hits / positives });
    before = hits;
  }
  if (points.length <= limit) return points;
  return Array.from({ length: limit }, (_, index) => points[Math.round((index * (points.length - 1)) / (limit - 1))]);
}
