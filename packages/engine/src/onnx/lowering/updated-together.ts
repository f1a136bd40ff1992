import type { Graph } from '../../graph/graph.js';
import type { ArgumentValue, NodeOf, NodeValue, Value } from '../../graph/value.js';
import { isNode } from '../../graph/value.js';
import { sameShape } from '../../tensor-value.js';
import type { HostUpdate } from '../../updates/host-update.js';

/** What is updated together with a state entry, element by element. */
export interface UpdatedTogether {
  readonly entries: readonly string[];
  /** The results of the graph that are read for it. */
  readonly results: readonly string[];
}

/**
 * Finds what is updated together with weights; undefined where something else decides in which order their elements lie.
 * @param graph without the updates
 */
export function updatedTogether(
  graph: Graph,
  updates: readonly HostUpdate[],
): (weights: ArgumentValue) => UpdatedTogether | undefined {
  const byEntry = new Map<string, HostUpdate[]>();
  const readers = new Map<string, number>();
  for (const update of updates) {
    for (const entry of entriesOf(update)) byEntry.set(entry, [...(byEntry.get(entry) ?? []), update]);
    for (const name of resultsOf(update)) readers.set(name, (readers.get(name) ?? 0) + 1);
  }
  const values = new Set<Value>(graph.values);
  const inGraph = new Set(
    graph.arguments.flatMap((entry) => (entry.role === 'state' && values.has(entry) ? [entry.name] : [])),
  );
  const written = new Set(graph.results.flatMap(({ role, name }) => (role === 'state' ? [name] : [])));
  return ({ name: weights }) => {
    const [update, ...others] = byEntry.get(weights) ?? [];
    if (others.length > 0 || written.has(weights)) return undefined;
    if (update === undefined) return { entries: [weights], results: [] };
    const [entries, results] = [[...entriesOf(update)], resultsOf(update)];
    const readsInput = update.reads.some(({ from }) => from === 'input');
    const isShared = results.some((name) => readers.get(name) !== 1);
    const othersInGraph = entries.some((entry) => entry !== weights && inGraph.has(entry));
    return readsInput || isShared || othersInGraph ? undefined : { entries, results };
  };
}

/** The state entries that an update reads as arrays, or writes. */
function entriesOf({ reads, writes }: HostUpdate): ReadonlySet<string> {
  return new Set([
    ...writes.map(({ name }) => name),
    ...reads.flatMap(({ from, name }) => (from === 'state' ? [name] : [])),
  ]);
}

/** The results of the graph that an update reads as arrays. */
function resultsOf({ reads }: HostUpdate): readonly string[] {
  return reads.flatMap(({ from, name }) => (from === 'graph' ? [name] : []));
}

/**
 * The products that a gradient consists of, one below the other; undefined if it is something else, or something else reads it.
 * @param names of the results that an update reads
 * @param results of the graph, for updates
 */
export function gradientsOf(
  { shape }: ArgumentValue,
  names: readonly string[],
  results: ReadonlyMap<string, Value>,
  users: ReadonlyMap<Value, readonly NodeValue[]>,
): readonly NodeOf<'BatchMatMul'>[] | undefined {
  const products: NodeOf<'BatchMatMul'>[] = [];
  for (const name of names) {
    const value = results.get(name);
    if (value === undefined || !sameShape(value.shape, shape)) continue;
    const parts = isNode(value, 'Concat') && value.attributes.axis === 0 ? value.inputs : [value];
    for (const part of parts) {
      const others = [...(users.get(part) ?? []), ...(users.get(value) ?? [])].filter((user) => user !== value);
      if (!isNode(part, 'BatchMatMul') || !others.every(isSumOfAllSquares)) return undefined;
      products.push(part);
    }
  }
  return products;
}

/** Whether an operation adds up the squares of all elements, which does not mind their order. */
function isSumOfAllSquares(node: NodeValue): boolean {
  return isNode(node, 'SquaredSum') && node.attributes.axes.length === node.inputs[0]?.shape.length;
}
