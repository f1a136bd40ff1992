import type { Graph } from '../../graph/graph.js';
import type { ArgumentValue, NodeOf, NodeValue, Value } from '../../graph/value.js';
import { isNode } from '../../graph/value.js';
import { sameShape } from '../../tensor-value.js';
import type { HostUpdate } from '../../updates/host-update.js';

/**
 * The state entries that are updated together with weights, element by element, and the results of the graph that are read for it.
 * @param graph without the updates
 * @returns undefined where something else decides in which order their elements lie
 */
export function entriesUpdatedWith(weights: ArgumentValue, graph: Graph, updates: readonly HostUpdate[]) {
  const [update, ...others] = updates.filter((each) => entriesOf(each).has(weights.name));
  const isResult = graph.results.some(({ role, name }) => role === 'state' && name === weights.name);
  if (others.length > 0 || isResult) return undefined;
  if (update === undefined) return { entries: [weights.name], results: [] };
  const entries = entriesOf(update);
  const results = update.reads.flatMap(({ from, name }) => (from === 'graph' ? [name] : []));
  const readsInput = update.reads.some(({ from }) => from === 'input');
  const isShared = updates.some(
    (other) => other !== update && other.reads.some(({ from, name }) => from === 'graph' && results.includes(name)),
  );
  const inGraph = new Set<Value>(graph.values);
  const othersInGraph = graph.arguments.some(
    (argument) =>
      argument !== weights && argument.role === 'state' && entries.has(argument.name) && inGraph.has(argument),
  );
  return readsInput || isShared || othersInGraph ? undefined : { entries: [...entries], results };
}

/** The state entries that an update reads as arrays, or writes. */
function entriesOf({ reads, writes }: HostUpdate): ReadonlySet<string> {
  return new Set([
    ...writes.map(({ name }) => name),
    ...reads.flatMap(({ from, name }) => (from === 'state' ? [name] : [])),
  ]);
}

/** The products that a gradient consists of, one below the other; undefined if it is something else, or something else reads it. */
export function gradientsOf(
  { shape }: ArgumentValue,
  names: readonly string[],
  graph: Graph,
  users: ReadonlyMap<Value, readonly NodeValue[]>,
): readonly NodeOf<'BatchMatMul'>[] | undefined {
  const products: NodeOf<'BatchMatMul'>[] = [];
  for (const { value } of graph.results.filter(({ role, name }) => role === 'update' && names.includes(name))) {
    if (!sameShape(value.shape, shape)) continue;
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
