import type { MetricInput } from '@query2label/sdk';

export interface LabelThreshold {
  /** A label is decided present where its score is not below this; `null` if the split has no positive to choose by. */
  readonly threshold: number | null;
  /** F1 of the label on the split at the threshold; `null` with it. */
  readonly f1: number | null;
}

interface Ranked {
  readonly score: number;
  readonly positive: boolean;
}

/**
 * For each label the threshold of greatest F1 over the images whose truth is known. It lies halfway between the last score
 * that is accepted and the first that is not, so that small changes of scores flip no decision; of equally good cuts the
 * one that accepts fewest is taken.
 */
export function maximiseF1({ images, labels, scores, targets }: MetricInput): LabelThreshold[] {
  return Array.from({ length: labels }, (_, label) => {
    const known: Ranked[] = [];
    for (let row = 0; row < images; row++) {
      const truth = targets[row * labels + label];
      if (truth !== -1) known.push({ score: scores[row * labels + label], positive: truth === 1 });
    }
    return bestCut(known.sort((a, b) => b.score - a.score));
  });
}

/** @param ranked scores descending */
function bestCut(ranked: readonly Ranked[]): LabelThreshold {
  const positives = ranked.filter(({ positive }) => positive).length;
  if (positives === 0) return { threshold: null, f1: null };
  let best = { threshold: 1, f1: 0 };
  let hits = 0;
  ranked.forEach(({ score, positive }, index) => {
    if (positive) hits++;
    const next = ranked.at(index + 1)?.score ?? 0;
    const tied = index + 1 < ranked.length && next === score; // equal scores fall on the same side of any threshold
    const f1 = (2 * hits) / (index + 1 + positives);
    if (!tied && f1 > best.f1) best = { threshold: between(next, score), f1 };
  });
  return best;
}

/** Halfway, but above `lower` even where no number lies between the two. */
function between(lower: number, upper: number): number {
  const middle = lower + (upper - lower) / 2;
  return middle > lower ? middle : upper;
}
