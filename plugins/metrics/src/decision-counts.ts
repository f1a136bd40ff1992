import type { MetricInput, MetricResult } from '@query2label/sdk';

/** Decides all labels of one image: true where `decided[label]` is to be counted as predicted. */
export type Decide = (scores: Float32Array) => ArrayLike<boolean>;

interface LabelCounts {
  correct: number;
  predicted: number;
  positive: number;
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
const harmonicMean = (a: number, b: number): number => ratio(2 * a * b, a + b);
const mean = (values: readonly number[]): number =>
  ratio(
    values.reduce((sum, value) => sum + value, 0),
    values.length,
  );

function count({ images, labels, scores, targets }: MetricInput, decide: Decide): LabelCounts[] {
  const counts = Array.from({ length: labels }, () => ({ correct: 0, predicted: 0, positive: 0 }));
  for (let row = 0; row < images; row += 1) {
    const decided = decide(scores.subarray(row * labels, (row + 1) * labels));
    counts.forEach((entry, label) => {
      const truth = targets[row * labels + label];
      if (truth === -1) return;
      if (truth === 1) entry.positive += 1;
      if (decided[label]) entry.predicted += 1;
      if (truth === 1 && decided[label]) entry.correct += 1;
    });
  }
  return counts;
}

/**
 * Precision, recall and F1 per class (CP, CR, CF1) and overall (OP, OR, OF1), as multi-label papers report them: CF1 is the harmonic
 * mean of CP and CR, not the mean of per-label F1; 0/0 counts as 0; unknown targets are left out. The value is OF1, the
 * per-label values are F1.
 */
export function decisionFigures(input: MetricInput, decide: Decide): MetricResult {
  const counts = count(input, decide);
  const sum = (key: keyof LabelCounts): number => counts.reduce((total, entry) => total + entry[key], 0);
  const classPrecision = mean(counts.map(({ correct, predicted }) => ratio(correct, predicted)));
  const classRecall = mean(counts.map(({ correct, positive }) => ratio(correct, positive)));
  const overallPrecision = ratio(sum('correct'), sum('predicted'));
  const overallRecall = ratio(sum('correct'), sum('positive'));
  const overall = harmonicMean(overallPrecision, overallRecall);
  return {
    value: sum('positive') === 0 ? null : overall,
    perLabel: counts.map((entry) =>
      entry.positive === 0 ? null : ratio(2 * entry.correct, entry.predicted + entry.positive),
    ),
    figures: {
      CP: classPrecision,
      CR: classRecall,
      CF1: harmonicMean(classPrecision, classRecall),
      OP: overallPrecision,
      OR: overallRecall,
      OF1: overall,
    },
  };
}
