import type { NamedValues } from '@query2label/engine';
import { DivergedError } from './diverged.error.js';

/**
 * Checks that values can be computed with: each is a number, and so is its square in float32. Larger ones (above 1.8e19) are
 * on their way out of the numbers: the next product of two of them is infinite.
 * @param step optimizer steps done
 * @throws DivergedError naming the first tensor that cannot
 */
export function assertUsable(values: NamedValues, step: number): void {
  for (const [name, { dtype, data }] of Object.entries(values)) {
    if (dtype !== 'float32') continue;
    // Zero as long as all squares are finite; one pass without a test for each of up to hundreds of millions of values.
    let zero = 0;
    for (let index = 0; index < data.length; index += 1) zero += 0 * Math.fround(data[index] * data[index]);
    if (zero !== 0) throw DivergedError.inParameters(step, name);
  }
}
