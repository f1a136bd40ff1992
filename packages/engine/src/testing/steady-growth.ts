/** What was measured after a number of runs. */
export interface Sample {
  readonly runs: number;
  readonly bytes: number;
}

/**
 * Growth in bytes a run: of the steps from one sample to the next, the largest and the smallest are left out, since what an allocator holds may come
 * or go back at once. What leaks at each run, or now and then, grows in other steps too.
 */
export function steadyGrowth(samples: readonly Sample[]): number {
  const steps = samples.slice(1).map(({ runs, bytes }, index) => {
    const before = samples[index] ?? { runs, bytes };
    return { runs: runs - before.runs, bytes: bytes - before.bytes };
  });
  if (steps.length < 3) throw new Error(`Steady growth shows in four samples or more; it received ${samples.length}.`);
  const steady = steps.toSorted((one, other) => one.bytes - other.bytes).slice(1, -1);
  const sum = (of: (step: Sample) => number) => steady.reduce((total, step) => total + of(step), 0);
  return sum(({ bytes }) => bytes) / sum(({ runs }) => runs);
}
