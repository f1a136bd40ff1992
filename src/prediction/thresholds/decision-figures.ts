import type { DecisionFigures } from '../evaluation/evaluation.types.js';
import type { DecisionCounts } from './count-decisions.js';

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
const harmonicMean = (one: number, other: number): number => ratio(2 * one * other, one + other);

/** Images that have the label. */
export function supportOf({ truePositives, falseNegatives }: DecisionCounts): number {
  return truePositives + falseNegatives;
}

/** Precision, recall and F1 of decisions, per class and overall, with the definitions of the metric `f1-at-threshold`. */
export function decisionFigures(counts: readonly DecisionCounts[]): DecisionFigures {
  const sum = (valueOf: (count: DecisionCounts) => number): number =>
    counts.reduce((total, count) => total + valueOf(count), 0);
  const correct = ({ truePositives }: DecisionCounts): number => truePositives;
  const predicted = ({ truePositives, falsePositives }: DecisionCounts): number => truePositives + falsePositives;
  const CP = ratio(
    sum((count) => ratio(correct(count), predicted(count))),
    counts.length,
  );
  const CR = ratio(
    sum((count) => ratio(correct(count), supportOf(count))),
    counts.length,
  );
  const OP = ratio(sum(correct), sum(predicted));
  const OR = ratio(sum(correct), sum(supportOf));
  return { CP, CR, CF1: harmonicMean(CP, CR), OP, OR, OF1: harmonicMean(OP, OR) };
}
