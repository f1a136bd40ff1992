import { createGraph } from './graph.js';
import type { Graph } from './graph.js';
import { GraphBuilder } from './graph-builder.js';
import type { NodeValue, Value } from './value.js';

/**
 * Offers a replacement for a node.
 * @param node the node in the old graph
 * @param inputs its inputs, already rewritten
 * @returns its replacement, or undefined to keep it
 */
export type Rewrite = (node: NodeValue, inputs: readonly Value[], builder: GraphBuilder) => Value | undefined;

/** Rebuilds a graph from its arguments on, letting a rewrite replace nodes. */
export function rewriteGraph(graph: Graph, rewrite: Rewrite): Graph {
  const builder = new GraphBuilder();
  const renewed = new Map<Value, Value>();
  const renew = (value: Value): Value => {
    const known = renewed.get(value);
    if (known === undefined) throw new Error('A graph names a value before it is computed');
    return known;
  };
  const declared = graph.arguments.map((old) => {
    const argument = builder.argument(old.role, old.name, old.shape, old.dtype);
    renewed.set(old, argument);
    return argument;
  });
  for (const value of graph.values) {
    if (value.kind === 'argument') continue;
    renewed.set(value, rebuild(value, builder, renew, rewrite));
  }
  return createGraph(
    declared,
    graph.results.map((result) => ({ ...result, value: renew(result.value) })),
  );
}

function rebuild(value: Value, builder: GraphBuilder, renew: (old: Value) => Value, rewrite: Rewrite): Value {
  if (value.kind === 'literal') return builder.literal(value.data, value.shape, value.dtype);
  if (value.kind === 'splat') return builder.splat(value.value, value.shape, value.dtype);
  if (value.kind === 'argument') return renew(value);
  const inputs = value.inputs.map(renew);
  return (
    rewrite(value, inputs, builder) ?? builder.node(value.operation, inputs, value.attributes, value.shape, value.dtype)
  );
}
