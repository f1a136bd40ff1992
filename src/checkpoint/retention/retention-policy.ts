/** Which checkpoints of a run stay; those with an alias always do. */
export interface RetentionPolicy {
  /** Newest LAST ones that stay. */
  readonly keepLast: number;
  /** Best ones that stay, the best first. */
  readonly keepBest: number;
  /** Of the LAST ones those at the end of each so many epochs stay as well; null for none. */
  readonly keepEveryEpochs: number | null;
  /** Optimizer steps of an epoch. */
  readonly stepsPerEpoch: number;
}

/** What of a checkpoint decides whether it stays. */
export interface RetentionCandidate {
  readonly id: string;
  readonly kind: string;
  /** Optimizer steps done. A BEST one of a later step is better than one of an earlier step. */
  readonly step: number;
}

/**
 * Those that may be deleted.
 * @param checkpoints of one run
 * @param aliased ids that an alias points at
 */
export function superseded<Candidate extends RetentionCandidate>(
  checkpoints: readonly Candidate[],
  { keepLast, keepBest, keepEveryEpochs, stepsPerEpoch }: RetentionPolicy,
  aliased: ReadonlySet<string>,
): Candidate[] {
  const ofKind = (kind: string) =>
    checkpoints.filter((checkpoint) => checkpoint.kind === kind).toSorted((a, b) => b.step - a.step || (a.id < b.id ? 1 : -1)); // prettier-ignore
  const last = ofKind('LAST');
  const isMilestone = ({ step }: Candidate, index: number): boolean =>
    keepEveryEpochs !== null &&
    step > 0 &&
    step % (keepEveryEpochs * stepsPerEpoch) === 0 &&
    // Of several of the same step, the newest.
    last[index - 1]?.step !== step;
  return [
    ...last.filter((checkpoint, index) => index >= keepLast && !isMilestone(checkpoint, index)),
    ...ofKind('BEST').slice(keepBest),
  ].filter(({ id }) => !aliased.has(id));
}
