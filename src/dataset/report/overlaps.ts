import { EXAMPLES, type SplitOverlap } from './import-report.js';
import type { SplitCounter } from './split-counter.js';

/** Every pair of splits that shares contents. */
export function overlaps(splits: readonly SplitCounter[]): SplitOverlap[] {
  const pairs = splits.flatMap((one, index) => splits.slice(index + 1).map((other) => [one, other] as const));
  return pairs.flatMap(([one, other]) => {
    const shared = [...one.contents].filter(([sha256]) => other.contents.has(sha256)).map(([, path]) => path);
    if (shared.length === 0) return [];
    return [{ splits: [one.name, other.name], count: shared.length, examples: shared.slice(0, EXAMPLES) }];
  });
}
