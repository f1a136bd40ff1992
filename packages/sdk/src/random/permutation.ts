import { hostRandom } from './host-random.js';
import type { RandomKey } from './key.js';

/** A random order of the numbers 0 to `count - 1`, each order equally likely (Fisher-Yates). */
export function permutation(key: RandomKey, count: number): Uint32Array {
  const random = hostRandom(key);
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const chosen = random.integer(last + 1);
    [order[last], order[chosen]] = [order[chosen], order[last]];
  }
  return order;
}
