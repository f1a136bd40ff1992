import type { TrainingState } from '../../checkpoint/checkpoint-manifest.js';

export type Best = TrainingState['best'];

/** The best of raw and averaged parameters; averaged ones win a tie. */
export function overallBest({
  raw,
  averaged,
}: Best): { weights: 'raw' | 'averaged'; epoch: number; value: number } | null {
  if (averaged !== null && (raw === null || averaged.value >= raw.value)) return { weights: 'averaged', ...averaged };
  return raw === null ? null : { weights: 'raw', ...raw };
}

/**
 * The official rule: stop when both the best epoch of the raw parameters and that of the better of the two lie further back than
 * the patience, and the averaged parameters (the raw ones, if no average is kept) are now below their best.
 */
export function shouldStop(best: Best, newest: number | null, epoch: number, patience: number): boolean {
  // An epoch that is the best of the averaged parameters alone, below the best of the raw ones, is not a best one.
  const averagedLeads = best.averaged !== null && best.averaged.value > (best.raw?.value ?? -Infinity);
  const bestEpoch = Math.max(best.raw?.epoch ?? -1, averagedLeads ? (best.averaged?.epoch ?? -1) : -1);
  const reference = best.averaged ?? best.raw;
  if (bestEpoch < 0 || newest === null || reference === null) return false;
  return epoch - bestEpoch > patience && newest < reference.value;
}
