/** Whole numbers from 0 to below a bound, the same ones for the same seed (a linear congruential generator). */
export function drawsFrom(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}
