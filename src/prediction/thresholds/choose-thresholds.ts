import { type MetricInput, type RankedLabel, rankLabel } from '@query2label/sdk';
import { z } from 'zod';

/** How thresholds are chosen on images with known truth. */
export const thresholdRuleSchema = z.discriminatedUnion('rule', [
  z.object({ rule: z.literal('maximise-f1') }),
  z.object({ rule: z.literal('reach-precision'), value: z.number() }),
  z.object({ rule: z.literal('reach-recall'), value: z.number() }),
]);
export type ThresholdRule = z.output<typeof thresholdRuleSchema>;

export interface ChosenThreshold {
  /**
   * A label is decided present where its score is not below this; `null`, and all else with it, if the split has no positive to
   * choose by or no threshold reaches what is asked for.
   */
  readonly threshold: number | null;
  /** Of the label on the split at the threshold. */
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

/** The first images of a ranking, accepted together. */
interface Cut {
  readonly accepted: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Whether a cut is to be taken rather than the best one so far, which accepts fewer images. */
type Better = (cut: Cut, best: Cut | null) => boolean;

const NONE: ChosenThreshold = { threshold: null, precision: null, recall: null, f1: null };

/**
 * For each label the threshold that a rule chooses over the images whose truth is known: of greatest F1; of greatest recall
 * among those that reach a precision; of fewest accepted images among those that reach a recall. It lies halfway between the last
 * score that is accepted and the first that is not, so that small changes of scores flip no decision; of equally good cuts
 * the one that accepts fewest is taken.
 */
export function chooseThresholds(input: MetricInput, rule: ThresholdRule): ChosenThreshold[] {
  const better = betterBy(rule);
  return Array.from({ length: input.labels }, (_, label) => bestCut(rankLabel(input, label), better));
}

function betterBy(rule: ThresholdRule): Better {
  switch (rule.rule) {
    case 'maximise-f1':
      return (cut, best) => cut.f1 > (best?.f1 ?? 0);
    case 'reach-precision':
      return (cut, best) => cut.precision >= rule.value && cut.recall > (best?.recall ?? 0);
    case 'reach-recall':
      return (cut, best) => cut.recall >= rule.value && best === null;
  }
}

function bestCut({ scores, truth, positives }: RankedLabel, better: Better): ChosenThreshold {
  if (positives === 0) return NONE;
  let best: Cut | null = null;
  let hits = 0;
  for (let rank = 0; rank < scores.length; rank += 1) {
    hits += truth[rank];
    if (scores[rank] === scores[rank + 1]) continue; // equal scores fall on the same side of any threshold
    const accepted = rank + 1;
    const f1 = (2 * hits) / (accepted + positives);
    const cut = { accepted, precision: hits / accepted, recall: hits / positives, f1 };
    if (better(cut, best)) best = cut;
  }
  if (best === null) return NONE;
  const { accepted, ...figures } = best;
  return { threshold: between(scores[accepted] ?? 0, scores[accepted - 1]), ...figures };
}

/** Halfway, but above `lower` even where no number lies between the two. */
function between(lower: number, upper: number): number {
  const middle = lower + (upper - lower) / 2;
  return middle > lower ? middle : upper;
}
