/**
 * A counter-based generator: the 24 bits of a draw are a pure function of (key, salt, index), so that any engine can
 * compute any element in any order. Two keyed rounds of Wellons' `lowbias32` integer hash over the element's index.
 */
export const HASH_ROUND = {
  firstShift: 16,
  firstFactor: 0x7feb352d,
  secondShift: 15,
  secondFactor: 0x846ca68b,
  lastShift: 16,
} as const;

/** Tells the two round keys apart. */
export const SECOND_KEY_OFFSET = 0x9e3779b9;

/** Bits of a draw: as many as a float32 holds exactly below one. */
export const DRAW_BITS = 24;

/** One hash round, on 32 bits held as a signed integer. */
export function hashRound(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> HASH_ROUND.firstShift), HASH_ROUND.firstFactor);
  x = Math.imul(x ^ (x >>> HASH_ROUND.secondShift), HASH_ROUND.secondFactor);
  return x ^ (x >>> HASH_ROUND.lastShift);
}

/** The two 32-bit keys that the rounds over the indices use. */
export function roundKeys(key: ArrayLike<number>, salt: number): readonly [number, number] {
  const first = hashRound(hashRound((key[0] ?? 0) ^ hashRound(salt)) ^ (key[1] ?? 0));
  return [first, hashRound((first + SECOND_KEY_OFFSET) | 0)];
}

/** Uniform draws in `[0, 1)`, one for each index from 0. */
export function drawUniform(key: ArrayLike<number>, salt: number, count: number): Float32Array {
  const [first, second] = roundKeys(key, salt);
  const draws = new Float32Array(count);
  for (let index = 0; index < count; index++) {
    const hash = hashRound(hashRound(index ^ first) ^ second);
    draws[index] = (hash >>> (32 - DRAW_BITS)) / 2 ** DRAW_BITS;
  }
  return draws;
}
