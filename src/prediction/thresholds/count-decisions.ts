import type { MetricInput } from '@query2label/sdk';

/** How the decisions for one label compare with the truth. */
export interface DecisionCounts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  /** Images whose truth is not known for this label; in none of the other counts. */
  readonly unknown: number;
}

/**
 * The rule of every decision: a label is present where its score is not below its threshold. Scores are float32, so the
 * threshold is compared as one: a score of 0.7 reaches a threshold of 0.7.
 */
export function isPresent(score: number, threshold: number): boolean {
  return score >= Math.fround(threshold);
}

/** @param thresholds one per label */
export function countDecisions(
  { images, labels, scores, targets }: MetricInput,
  thresholds: readonly number[],
): DecisionCounts[] {
  return thresholds.map((threshold, label) => {
    const counts = { truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0, unknown: 0 };
    for (let row = 0; row < images; row++) {
      const truth = targets[row * labels + label];
      const decided = isPresent(scores[row * labels + label], threshold);
      if (truth === -1) counts.unknown++;
      else if (truth === 1) counts[decided ? 'truePositives' : 'falseNegatives']++;
      else counts[decided ? 'falsePositives' : 'trueNegatives']++;
    }
    return counts;
  });
}
