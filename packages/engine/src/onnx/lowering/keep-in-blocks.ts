import { usersOf } from '../../graph/graph.js';
import type { Graph } from '../../graph/graph.js';
import type { GraphBuilder } from '../../graph/graph-builder.js';
import { rewriteGraph } from '../../graph/rewriter.js';
import type { NodeOf, NodeValue, Value } from '../../graph/value.js';
import { inputsOf, isNode } from '../../graph/value.js';
import { sameShape, sizeOf } from '../../tensor-value.js';
import { findBiasFusions } from './bias-fusion.js';
import type { BlockedState } from './blocked-state.js';
import { isLarge } from './large-product.js';
import { planProduct, productSizes, readsBlocksOfColumns } from './product-plan.js';
import type { ProductPlan } from './product-plan.js';

/**
 * Lets what lies between large matrix products stay in their blocks of columns: a ReLU, a mask of dropout, their gradients and the sum over
 * rows do not mind the order of elements. A matrix `[rows, columns]` becomes `[rows, columns / block, block]` there, which the lowering
 * holds with the blocks first.
 *
 * Whole chains only: from products through operations element by element to products that read blocks of columns.
 * @param fixed plans of products that are not chosen here
 */
export function keepInBlocks(graph: Graph, block: number, fixed: BlockedState['plans']): Graph {
  const chains = findChains(graph, { block, fixed });
  if (chains.size === 0) return graph;
  const parted = new Map<Value, Value>();
  return rewriteGraph(graph, (node, inputs, builder) => {
    const [first] = node.inputs;
    const part = first && parted.get(first);
    if (isNode(node, 'Sum') && part !== undefined) return sumOfRows(node, part, builder);
    if (!chains.has(node)) return undefined;
    const columns = node.shape.at(-1) ?? 0;
    const shape = [sizeOf(node.shape) / columns, columns / block, block];
    if (isSource(node)) {
      const product = builder.node(node.operation, inputs, node.attributes, node.shape, node.dtype);
      parted.set(node, builder.reshape(product, shape));
      return product;
    }
    const operands = node.inputs.map((old, index) => parted.get(old) ?? builder.reshape(inputs[index] ?? old, shape));
    // The first operand of a product decides the order of its elements in memory.
    const ordered = isNode(node, 'Multiply') && part === undefined ? [...operands].reverse() : operands;
    const kept =
      node.operation === 'Reshape' ? part : builder.node(node.operation, ordered, node.attributes, shape, node.dtype);
    if (kept === undefined) return undefined;
    parted.set(node, kept);
    return builder.reshape(kept, node.shape);
  });
}

/** `[rows, columns / block, block]` -> the sum over rows, as the shape that a node has. */
function sumOfRows(node: NodeOf<'Sum'>, part: Value, builder: GraphBuilder): Value {
  const sum = builder.node('Sum', [part], { axes: [0], keepDimensions: false }, part.shape.slice(1), node.dtype);
  return builder.reshape(sum, node.shape);
}

/** How products are computed. */
interface Plans {
  readonly block: number;
  /** Of products beside which there are weights in blocks. */
  readonly fixed: BlockedState['plans'];
}

type Source = NodeOf<'Add'> | NodeOf<'BatchMatMul'>;

function isSource(node: NodeValue): node is NodeValue & Source {
  return node.operation === 'Add' || node.operation === 'BatchMatMul';
}

/** The values of all chains: products, with their bias if there is one, and what is made of them element by element. */
function findChains(graph: Graph, plans: Plans): ReadonlySet<Value> {
  const fusions = findBiasFusions(graph);
  const found = new Set<Value>();
  for (const value of graph.values) {
    const isProduct = fusions.has(value) || isNode(value, 'BatchMatMul');
    const product = fusions.get(value)?.product ?? value;
    if (isProduct ? givesBlocks(product, fusions.has(value), plans) : continuesChain(value, found)) found.add(value);
  }
  const results = new Set(graph.results.map(({ value }) => value));
  const users = usersOf(graph);
  const isWhole = (value: Value): boolean => {
    if (results.has(value)) return false;
    if (value.kind === 'node' && !isSource(value) && !continuesChain(value, found)) return false;
    return (users.get(value) ?? []).every((user) => found.has(user) || endsChain(user, value, plans));
  };
  // A link less may make a chain of others no longer whole.
  for (let removed = true; removed;) {
    const broken = [...found].filter((value) => !isWhole(value));
    for (const value of broken) found.delete(value);
    removed = broken.length > 0;
  }
  return found;
}

/** Whether a value is made element by element of values in blocks, and draws. */
function continuesChain(value: Value, chains: ReadonlySet<Value>): boolean {
  const [a, b] = inputsOf(value);
  if (a === undefined || value.dtype !== 'float32') return false;
  if (isNode(value, 'Reshape')) return chains.has(a) && a.shape.at(-1) === value.shape.at(-1);
  if (isNode(value, 'Relu')) return chains.has(a);
  if (b === undefined || !sameShape(a.shape, b.shape)) return false;
  if (isNode(value, 'ReluGrad')) return chains.has(a) && chains.has(b);
  return isNode(value, 'Multiply') && (isDraw(b) ? chains.has(a) : chains.has(b) && (isDraw(a) || chains.has(a)));
}

function isDraw(value: Value): boolean {
  return value.kind === 'argument' && value.role === 'draw';
}

function givesBlocks(product: Value, hasBias: boolean, plans: Plans): boolean {
  return planOf(product, hasBias, plans)?.transposed === false;
}

/**
 * Whether a user of a matrix takes it in blocks of columns: a large product, or a sum over the rows. One of weights that are in blocks takes
 * it as it must; to bring it in order there is less than the rest of the chain gains.
 */
function endsChain(user: NodeValue, value: Value, plans: Plans): boolean {
  if (value.shape.length !== 2) return false;
  if (isNode(user, 'Sum')) return user.attributes.axes.length === 1 && user.attributes.axes[0] === 0;
  if (plans.fixed.has(user)) return true;
  const plan = planOf(user, false, plans);
  return plan !== undefined && readsBlocksOfColumns(plan, user.inputs[0] === value ? 'a' : 'b');
}

function planOf(product: Value, hasBias: boolean, { block, fixed }: Plans): ProductPlan | undefined {
  const known = fixed.get(product);
  if (known !== undefined || !isNode(product, 'BatchMatMul')) return known;
  const sizes = productSizes(product);
  return sizes !== undefined && isLarge(sizes) ? planProduct(sizes, hasBias, block) : undefined;
}
