import { hostRandom, keyOf, permutation } from '@query2label/sdk';

/** The share that a split is to have. */
export interface SplitShare {
  readonly split: string;
  /** Weight of the split; parts are divided by their sum. */
  readonly part: number;
}

/** Examples that a part still wants, in all and by label; may fall below zero. */
interface Wanted {
  all: number;
  readonly byLabel: Float64Array;
}

/**
 * Iterative stratification (Sechidis, Tsoumakas & Vlahavas 2011): each part gets its share of the examples and, as far as possible, of
 * the positives of every label. The label with the fewest examples left is dealt out first, each of its examples to the part that
 * wants that label the most; of equals, to the one that wants most examples; of equals again, by lot. A pure function of its arguments.
 * @param labelsOf indices of the labels of each example
 * @returns for each example the index of its part
 */
export function stratify(
  labelsOf: readonly (readonly number[])[],
  labelCount: number,
  parts: readonly number[],
  seed: number,
): Uint32Array {
  const order = permutation(keyOf(seed, 'stratification', 'order'), labelsOf.length);
  const random = hostRandom(keyOf(seed, 'stratification', 'ties'));
  const examples: number[][] = Array.from({ length: labelCount }, () => []);
  for (const example of order) for (const label of labelsOf[example]) examples[label].push(example);
  const left = examples.map((list) => list.length);
  const sum = parts.reduce((total, part) => total + part, 0);
  const wanted: Wanted[] = parts.map((part) => ({
    all: (labelsOf.length * part) / sum,
    byLabel: Float64Array.from(left, (count) => (count * part) / sum),
  }));
  const choice = new Uint32Array(labelsOf.length);
  const placed = new Uint8Array(labelsOf.length);

  const place = (example: number, label: number | null): void => {
    const byLabel = label === null ? wanted : greatest(wanted, ({ byLabel: counts }) => counts[label]);
    const candidates = greatest(byLabel, ({ all }) => all);
    const part = candidates[candidates.length === 1 ? 0 : random.integer(candidates.length)];
    choice[example] = wanted.indexOf(part);
    placed[example] = 1;
    part.all -= 1;
    for (const own of labelsOf[example]) {
      part.byLabel[own] -= 1;
      left[own] -= 1;
    }
  };

  for (let label = rarest(left); label !== null; label = rarest(left)) {
    for (const example of examples[label]) if (placed[example] === 0) place(example, label);
  }
  for (const example of order) if (placed[example] === 0) place(example, null);
  return choice;
}

/** The label with the fewest examples left, but at least one; the first of several. */
function rarest(left: readonly number[]): number | null {
  let best: number | null = null;
  left.forEach((count, label) => {
    if (count > 0 && (best === null || count < left[best])) best = label;
  });
  return best;
}

/** Differences below this come from rounding. */
const NOTHING = 1e-9;

function greatest(parts: readonly Wanted[], valueOf: (part: Wanted) => number): readonly Wanted[] {
  const most = Math.max(...parts.map(valueOf));
  return parts.filter((part) => valueOf(part) >= most - NOTHING);
}
