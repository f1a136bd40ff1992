import { BINARY_OPERATIONS, UNARY_OPERATIONS } from '../../graph/operations.js';
import type { Graph } from '../../graph/graph.js';
import type { Value } from '../../graph/value.js';
import { isNode } from '../../graph/value.js';
import { sameShape } from '../../tensor-value.js';
import type { Layout } from './layout.js';
import { blocksForm } from './state-form.js';
import type { BlockOrder, StateForm } from './state-form.js';

const ELEMENTWISE: ReadonlySet<string> = new Set([
  ...UNARY_OPERATIONS,
  ...BINARY_OPERATIONS,
  'ClipByValue',
  'ReluGrad',
  'Select',
]);

/**
 * Chooses how each state entry lies in memory.
 * @param orders entries in blocks
 * @returns the forms of those that do not lie there as a program sees them
 */
export function chooseStateForms(
  graph: Graph,
  orders: ReadonlyMap<string, BlockOrder>,
  block: number | undefined,
): ReadonlyMap<string, StateForm> {
  const layouts = chooseStateLayouts(graph);
  const forms = new Map<string, StateForm>();
  for (const { role, name, shape } of graph.arguments) {
    if (role !== 'state') continue;
    const [order, layout] = [orders.get(name), layouts.get(name)];
    if (order !== undefined && block !== undefined) forms.set(name, blocksForm(shape, order, block));
    else if (layout !== undefined) forms.set(name, { shape, layout });
  }
  return forms;
}

/**
 * A filter that a program transposes from PyTorch's layout to TensorFlow's is kept transposed. The moments and averages
 * that meet it element by element are kept in the same layout. Where an input of the program meets them so, they stay as they are.
 */
function chooseStateLayouts(graph: Graph): ReadonlyMap<string, Layout> {
  const groups = groupElementwise(graph);
  const wishes = new Map<Value, Layout>();
  for (const value of graph.values) {
    if (!isNode(value, 'Transpose')) continue;
    const [source] = value.inputs;
    if (source?.kind !== 'argument' || source.role !== 'state' || source.shape.length !== 4) continue;
    wishes.set(groups.find(source), value.attributes.permutation);
  }
  // Updates on the host read inputs as they come.
  for (const argument of graph.arguments) if (argument.role === 'input') wishes.delete(groups.find(argument));
  const layouts = new Map<string, Layout>();
  for (const argument of graph.arguments) {
    const wish = argument.role === 'state' ? wishes.get(groups.find(argument)) : undefined;
    if (wish !== undefined) layouts.set(argument.name, wish);
  }
  return layouts;
}

/** Sets of values of one shape that element-by-element operations join. */
function groupElementwise(graph: Graph): DisjointSets {
  const groups = new DisjointSets();
  for (const value of graph.values) {
    if (value.kind !== 'node' || !ELEMENTWISE.has(value.operation)) continue;
    for (const input of value.inputs) if (sameShape(input.shape, value.shape)) groups.join(input, value);
  }
  const states = new Map(graph.arguments.filter(({ role }) => role === 'state').map((entry) => [entry.name, entry]));
  for (const result of graph.results) {
    const entry = result.role === 'state' ? states.get(result.name) : undefined;
    if (entry !== undefined) groups.join(entry, result.value);
  }
  return groups;
}

class DisjointSets {
  private readonly parents = new Map<Value, Value>();

  find(value: Value): Value {
    let root = value;
    for (let next = this.parents.get(root); next !== undefined; next = this.parents.get(root)) root = next;
    if (root !== value) this.parents.set(value, root);
    return root;
  }

  join(a: Value, b: Value): void {
    const [rootOfA, rootOfB] = [this.find(a), this.find(b)];
    if (rootOfA !== rootOfB && a.kind !== 'splat' && b.kind !== 'splat') this.parents.set(rootOfA, rootOfB);
  }
}
