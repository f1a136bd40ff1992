/** Mean and spread of what the runs of a cell reached. */
export interface CellSummary {
  readonly mean: number | null;
  /** Sample standard deviation over the seeds; null for fewer than two runs. */
  readonly spread: number | null;
}

/** @param values one for each run that has got so far; null for others */
export function summarizeCell(values: readonly (number | null)[]): CellSummary {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return { mean: null, spread: null };
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  if (known.length === 1) return { mean, spread: null };
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, spread: Math.sqrt(squares / (known.length - 1)) };
}
