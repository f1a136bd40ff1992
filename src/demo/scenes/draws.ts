import type { HostRandom } from '@query2label/sdk';

/** A number in `[low, high)`. */
export function between(random: HostRandom, low: number, high: number): number {
  return low + (high - low) * random.uniform();
}

/** True with the given probability. */
export function chance(random: HostRandom, probability: number): boolean {
  return random.uniform() < probability;
}

/** One of the values, each as likely as any other. */
export function pick<Value>(random: HostRandom, values: readonly Value[]): Value {
  return values[random.integer(values.length)];
}
