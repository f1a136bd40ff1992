import type { HostRandom } from '../contracts/index.js';
import type { RandomKey } from './key.js';
import { philox } from './philox.js';

/**
 * Host random numbers of one key, in the order in which they are asked for. Two streams of one key are equal; streams of
 * different keys are independent. Period: 2^66 words.
 */
export function hostRandom(key: RandomKey): HostRandom {
  const words = new Uint32Array(4);
  let used = 4;
  let blockLow = 0;
  let blockHigh = 0;
  const nextWord = (): number => {
    if (used === 4) {
      philox([blockLow, blockHigh, 0, 0], key, words);
      blockLow = (blockLow + 1) >>> 0;
      if (blockLow === 0) blockHigh++;
      used = 0;
    }
    return words[used++];
  };
  return {
    uniform: () => ((nextWord() >>> 5) * 2 ** 26 + (nextWord() >>> 6)) / 2 ** 53,
    integer: (bound) => {
      if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) {
        throw new RangeError(`The bound of a random integer is a whole number from 1 to 2^32; received ${bound}.`);
      }
      // Words at or above the largest multiple of the bound would favour small results; they are drawn again.
      const limit = 2 ** 32 - (2 ** 32 % bound);
      let word = nextWord();
      while (word >= limit) word = nextWord();
      return word % bound;
    },
  };
}

/** One standard normal draw (Box-Muller). */
export function hostNormal(random: HostRandom): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
  return radius * Math.cos(2 * Math.PI * random.uniform());
}
