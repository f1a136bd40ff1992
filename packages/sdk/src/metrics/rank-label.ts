import type { MetricInput } from '../contracts/index.js';

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
/** Which half of a 64-bit number a 32-bit view shows first. */
const [LOW, HIGH] = littleEndian ? [0, 1] : [1, 0];

/** The images of a split in descending order of one label's scores; those whose truth is unknown are left out. */
export interface RankedLabel {
  /** Rows of the input. */
  readonly rows: Uint32Array;
  /** 1 for a positive, else 0. */
  readonly truth: Uint8Array;
  readonly scores: Float32Array;
  /** Number of ones in `truth`. */
  readonly positives: number;
}

/**
 * Ranks the images by the scores of one label. Ties keep the order of the rows, so that no result depends on a sorting algorithm.
 *
 * Each row becomes one 64-bit number, inverted score above row index, and typed arrays sort those natively: the bits of
 * non-negative float32 numbers are ordered as the numbers are.
 * @throws RangeError if a score is not in `[0, 1]`, naming image and label
 */
export function rankLabel({ images, labels, scores, targets }: MetricInput, label: number): RankedLabel {
  const keys = new BigUint64Array(images);
  const halves = new Uint32Array(keys.buffer);
  const bits = new Uint32Array(1);
  const number = new Float32Array(bits.buffer);
  let known = 0;
  for (let row = 0; row < images; row += 1) {
    const position = row * labels + label;
    const score = scores[position];
    if (!(score >= 0 && score <= 1)) {
      throw new RangeError(`Scores lie from 0 to 1; image ${row} has ${score} for label ${label}.`);
    }
    if (targets[position] === -1) continue;
    number[0] = score + 0; // -0 becomes 0
    halves[2 * known + LOW] = row;
    halves[2 * known + HIGH] = ~bits[0];
    known += 1;
  }
  const sorted = keys.subarray(0, known).sort();
  const order = new Uint32Array(sorted.buffer, sorted.byteOffset, 2 * known);
  const ranked = {
    rows: new Uint32Array(known),
    truth: new Uint8Array(known),
    scores: new Float32Array(known),
    positives: 0,
  };
  for (let rank = 0; rank < known; rank += 1) {
    const row = order[2 * rank + LOW];
    ranked.rows[rank] = row;
    ranked.scores[rank] = scores[row * labels + label];
    if (targets[row * labels + label] !== 1) continue;
    ranked.truth[rank] = 1;
    ranked.positives += 1;
  }
  return ranked;
}
