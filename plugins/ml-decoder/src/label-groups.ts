/** How labels share queries: label `k` belongs to query `floor(k / size)`. */
export interface LabelGroups {
  /** Queries. */
  readonly count: number;
  /** Labels of a query; the last queries may have fewer, or none. */
  readonly size: number;
}

/** Deals labels out to at most `most` queries, each with as many labels as it takes. */
export function labelGroups(labels: number, most: number): LabelGroups {
  const count = Math.min(labels, most);
  return { count, size: Math.ceil(labels / count) };
}
