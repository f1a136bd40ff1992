import { createGraph } from '../graph/graph.js';
import type { Graph, GraphResult } from '../graph/graph.js';
import type { NodeValue, Value } from '../graph/value.js';
import { inputsOf } from '../graph/value.js';
import { sameShape, sizeOf } from '../tensor-value.js';
import type { HostUpdate, UpdateOperation, UpdateSource, UpdateStep } from './host-update.js';
import { UPDATE_OPERATIONS } from './host-update.js';

export interface SplitGraph {
  /** What is left to compile; its results of the role `update` are what the updates read. */
  readonly graph: Graph;
  readonly updates: readonly HostUpdate[];
}

/** A node that an update may hold. */
type UpdateNode = NodeValue & { readonly operation: UpdateOperation };

const OPERATIONS: ReadonlySet<string> = new Set(UPDATE_OPERATIONS);

function isUpdateNode(value: Value): value is UpdateNode {
  if (value.kind !== 'node' || value.dtype !== 'float32' || !OPERATIONS.has(value.operation)) return false;
  return (
    value.inputs.every((input) => input.dtype === 'float32' && (isWhole(value, input) || sizeOf(input.shape) === 1)) &&
    value.inputs.some((input) => isWhole(value, input))
  );
}

/** Whether an input has an element for each of the node's: the others are single numbers. */
function isWhole(node: Value, input: Value): boolean {
  return input.kind !== 'splat' && sameShape(input.shape, node.shape);
}

/**
 * Takes the last stretch of a training step out of its graph: what is computed element by element from state, gradients and single
 * numbers, and ends in state alone. Optimizers and moving averages are made of it. On the host it runs in place and in
 * one pass over memory, where an operator for each arithmetic operation takes many.
 */
export function splitUpdates(graph: Graph): SplitGraph {
  const onHost = chooseNodes(graph);
  if (onHost.size === 0) return { graph, updates: [] };
  const updated = graph.results.filter(({ value }) => onHost.has(value));
  const kept = graph.results.filter(({ value }) => !onHost.has(value));
  const taken: GraphResult[] = [];
  const names = new Map<Value, string>();
  const sourceOf = (value: Value, like?: string): UpdateSource => {
    if (value.kind === 'argument' && (value.role === 'state' || value.role === 'input'))
      return { from: value.role, name: value.name };
    const name = names.get(value) ?? String(taken.length);
    if (!names.has(value)) taken.push({ role: 'update', name, value, like });
    names.set(value, name);
    return { from: 'graph', name };
  };
  const updates = groupResults(updated, onHost, graph).map((group) => updateOf(group, onHost, sourceOf));
  // A program that is updates alone leaves nothing to compile, which ONNX Runtime refuses.
  if (kept.length + taken.length === 0) return { graph, updates: [] };
  return { graph: createGraph(graph.arguments, [...kept, ...taken]), updates };
}

/**
 * The nodes of updates: those that nothing but updates uses. A node with one array among its inputs may also be computed a second
 * time for an update, since that asks for no more arrays: a squared gradient, say, that is also part of a norm.
 */
function chooseNodes(graph: Graph): ReadonlySet<Value> {
  const users = new Map<Value, Value[]>();
  for (const value of graph.values) {
    for (const input of inputsOf(value)) {
      const known = users.get(input);
      if (known === undefined) users.set(input, [value]);
      else known.push(value);
    }
  }
  const outputs = new Set(graph.results.filter(({ role }) => role === 'output').map(({ value }) => value));
  const states = new Set(graph.results.filter(({ role }) => role === 'state').map(({ value }) => value));
  const chosen = new Set<Value>();
  for (const value of [...graph.values].reverse()) {
    if (!isUpdateNode(value)) continue;
    const usedBy = users.get(value) ?? [];
    const ownShape = usedBy.filter((user) => chosen.has(user) && sameShape(user.shape, value.shape));
    if (!states.has(value) && ownShape.length === 0) continue;
    const elsewhere = outputs.has(value) || ownShape.length < usedBy.length;
    const single = new Set(value.inputs.filter((input) => isWhole(value, input))).size === 1;
    if (!elsewhere || (single && !states.has(value))) chosen.add(value);
  }
  return chosen;
}

interface UpdateGroup {
  readonly members: readonly Value[];
  readonly results: readonly GraphResult[];
}

/** Results that share nodes or state: each group is one update. */
function groupResults(
  results: readonly GraphResult[],
  onHost: ReadonlySet<Value>,
  graph: Graph,
): readonly (readonly GraphResult[])[] {
  const states = new Map(graph.arguments.filter(({ role }) => role === 'state').map((entry) => [entry.name, entry]));
  const groups = new Set<UpdateGroup>();
  const groupOf = new Map<Value, UpdateGroup>();
  for (const result of results) {
    const members = new Set<Value>();
    const pending: Value[] = [result.value, ...[states.get(result.name)].flatMap((entry) => entry ?? [])];
    for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
      const isState = value.kind === 'argument' && value.role === 'state';
      if (members.has(value) || !(isState || onHost.has(value)) || !sameShape(value.shape, result.value.shape))
        continue;
      members.add(value);
      pending.push(...inputsOf(value));
    }
    const met = new Set([...members].flatMap((member) => groupOf.get(member) ?? []));
    const joined = met.size > 1 ? [...groups].filter((group) => met.has(group)) : [...met];
    for (const group of joined) groups.delete(group);
    const group: UpdateGroup = {
      members: [...members, ...joined.flatMap((former) => former.members)],
      results: [...joined.flatMap((former) => former.results), result],
    };
    for (const member of group.members) groupOf.set(member, group);
    groups.add(group);
  }
  return [...groups].map((group) => group.results);
}

function updateOf(
  results: readonly GraphResult[],
  onHost: ReadonlySet<Value>,
  sourceOf: (value: Value, like?: string) => UpdateSource,
): HostUpdate {
  const [{ name: like, value: first } = { name: '', value: undefined }] = results;
  const reads: Value[] = [];
  const scalars: Value[] = [];
  const constants: number[] = [];
  const nodes: UpdateNode[] = [];
  const visited = new Set<Value>();
  const visit = (value: Value, user: Value): void => {
    if (visited.has(value)) return;
    visited.add(value);
    if (value.kind === 'splat') {
      if (!constants.includes(value.value)) constants.push(value.value);
    } else if (!isWhole(user, value)) {
      scalars.push(value);
    } else if (!onHost.has(value) || !isUpdateNode(value)) {
      reads.push(value);
    } else {
      value.inputs.forEach((input) => visit(input, value));
      nodes.push(value);
    }
  };
  for (const { value } of results) visit(value, value);
  const offsets = { scalars: reads.length, constants: reads.length + scalars.length };
  const stepsFrom = offsets.constants + constants.length;
  const positionOf = (value: Value): number => {
    if (value.kind === 'splat') return offsets.constants + constants.indexOf(value.value);
    const [read, scalar] = [reads.indexOf(value), scalars.indexOf(value)];
    if (read >= 0) return read;
    return scalar >= 0 ? offsets.scalars + scalar : stepsFrom + nodes.findIndex((node) => node === value);
  };
  return {
    size: sizeOf(first?.shape ?? []),
    reads: reads.map((value) => sourceOf(value, like)),
    scalars: scalars.map((value) => sourceOf(value)),
    constants,
    steps: nodes.map(({ operation, inputs }): UpdateStep => ({ operation, operands: inputs.map(positionOf) })),
    writes: results.map(({ name, value }) => ({ name, value: positionOf(value) })),
  };
}
