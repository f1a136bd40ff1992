import type { OnnxModel, OnnxNode } from '../format/model.js';

/** The nodes and initializers that some tensors depend on, in their order; `reached` holds every tensor on the way. */
export function needed(model: Pick<OnnxModel, 'nodes' | 'initializers'>, tensors: readonly string[]) {
  const producers = producersOf(model.nodes);
  const reached = new Set<string>();
  const pending = [...tensors];
  for (let tensor = pending.pop(); tensor !== undefined; tensor = pending.pop()) {
    if (tensor === '' || reached.has(tensor)) continue;
    reached.add(tensor);
    pending.push(...(producers.get(tensor)?.inputs ?? []));
  }
  return {
    reached,
    nodes: model.nodes.filter(({ outputs }) => outputs.some((output) => reached.has(output))),
    initializers: model.initializers.filter(({ name }) => reached.has(name)),
  };
}

/** The node that makes each tensor. */
export function producersOf(nodes: readonly OnnxNode[]): ReadonlyMap<string, OnnxNode> {
  return new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
}

/** The model without what none of its outputs needs. */
export function prune(model: OnnxModel): OnnxModel {
  const { nodes, initializers } = needed(
    model,
    model.outputs.map(({ name }) => name),
  );
  return { ...model, nodes, initializers };
}
