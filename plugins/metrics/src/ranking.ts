import type { MetricInput } from '@query2label/sdk';

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
/** Which half of a 64-bit number a 32-bit view shows first. */
const [LOW, HIGH] = littleEndian ? [0, 1] : [1, 0];

/**
 * Truth of one label in descending order of its scores: 1 for a positive. Ties keep the order of the rows, so that the result does
 * not depend on a sorting algorithm. Unknown targets (-1) are left out.
 *
 * Each row becomes one 64-bit number, inverted score above row index, and typed arrays sort those natively: the bits of
 * non-negative float32 numbers are ordered as the numbers are.
 * @throws RangeError if a score is not in `[0, 1]`, naming image and label
 */
export function rankedTruth({ images, labels, scores, targets }: MetricInput, label: number): Uint8Array {
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
  const rows = new Uint32Array(sorted.buffer, sorted.byteOffset, 2 * known);
  return Uint8Array.from({ length: known }, (_, rank) =>
    targets[rows[2 * rank + LOW] * labels + label] === 1 ? 1 : 0,
  );
}
