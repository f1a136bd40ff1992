import type { LabelStatistics } from '@query2label/sdk';
import type { LoadedSplit } from './loaded-split.js';

/** How often each label is present on the images of a split; unknown truth does not count. */
export function labelStatistics({ count, labels, targets }: LoadedSplit): LabelStatistics {
  const positives = labels.map(() => 0);
  targets.forEach((truth, cell) => {
    if (truth === 1) positives[cell % labels.length] += 1;
  });
  return { imageCount: count, positives };
}
