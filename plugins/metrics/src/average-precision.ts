/** Truth of one label's images in descending order of their scores. */
export interface Ranking {
  /** 1 positive, 0 negative. */
  readonly truth: Uint8Array;
  /** 1 where the next image has another score, or there is none. */
  readonly lastOfTie: Uint8Array;
}

/** Average precision of one label from its ranking; `null` without a positive. */
export type AveragePrecision = (ranking: Ranking) => number | null;

const positives = (truth: Uint8Array): number => truth.reduce((count, one) => count + one, 0);

/**
 * Area under the precision envelope over all points (PASCAL VOC from 2010 on, and the official Query2Label evaluation): at each
 * recall the best precision at that recall or beyond.
 */
export const allPointAveragePrecision: AveragePrecision = ({ truth }) => {
  const total = positives(truth);
  if (total === 0) return null;
  let found = total;
  let envelope = 0;
  let area = 0;
  for (let rank = truth.length - 1; rank >= 0; rank -= 1) {
    if (truth[rank] === 0) continue;
    envelope = Math.max(envelope, found / (rank + 1));
    area += envelope;
    found -= 1;
  }
  return area / total;
};

/** Mean of the precisions at each positive, without interpolation: how ASL and ML-Decoder evaluate. */
export const plainAveragePrecision: AveragePrecision = ({ truth }) => {
  let found = 0;
  let sum = 0;
  truth.forEach((one, rank) => {
    if (one === 0) return;
    found += 1;
    sum += found / (rank + 1);
  });
  return found === 0 ? null : sum / found;
};

/** Recalls 0, 0.1, ... 1 of the PASCAL VOC 2007 development kit. */
const ELEVENTHS = 10;

/** Mean over eleven recalls of the best precision at that recall or beyond (PASCAL VOC 2007). */
export const elevenPointAveragePrecision: AveragePrecision = ({ truth }) => {
  const total = positives(truth);
  if (total === 0) return null;
  let found = total;
  let envelope = 0;
  let sum = 0;
  let point = ELEVENTHS;
  for (let rank = truth.length - 1; rank >= 0; rank -= 1) {
    if (truth[rank] === 0) continue;
    // In whole numbers, so that a recall of 3/10 reaches 0.3.
    for (; point * total > found * ELEVENTHS; point -= 1) sum += envelope;
    envelope = Math.max(envelope, found / (rank + 1));
    found -= 1;
  }
  return (sum + envelope * (point + 1)) / (ELEVENTHS + 1);
};

/**
 * Sum over the distinct scores of precision times gained recall, as scikit-learn's `average_precision_score`: images of equal score
 * are taken together, so that their order does not matter.
 */
export const scikitLearnAveragePrecision: AveragePrecision = ({ truth, lastOfTie }) => {
  let found = 0;
  let before = 0;
  let sum = 0;
  truth.forEach((one, rank) => {
    found += one;
    if (lastOfTie[rank] === 0) return;
    sum += (found - before) * (found / (rank + 1));
    before = found;
  });
  return found === 0 ? null : sum / found;
};
