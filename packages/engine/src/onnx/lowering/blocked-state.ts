import type { Graph } from '../../graph/graph.js';
import { usersOf } from '../../graph/graph.js';
import type { ArgumentValue, NodeOf, NodeValue, Value } from '../../graph/value.js';
import { isNode } from '../../graph/value.js';
import type { HostUpdate } from '../../updates/host-update.js';
import { LARGE } from './large-product.js';
import { planProduct, productSizes } from './product-plan.js';
import type { FixedMatrix, ProductPlan } from './product-plan.js';
import type { BlockOrder } from './state-form.js';
import { rowsOfSlice } from './state-parts.js';
import { gradientsOf, updatedTogether } from './updated-together.js';

/** Weights that lie in memory in blocks from step to step, and how their products are computed. */
export interface BlockedState {
  /** The order of each state entry that is in blocks: of weights, and of the moments and averages that are updated with them. */
  readonly orders: ReadonlyMap<string, BlockOrder>;
  readonly plans: ReadonlyMap<Value, ProductPlan>;
}

/** What blocks are chosen for. */
export interface BlockedMachine {
  /** Elements in a block. */
  readonly block: number;
  readonly threads: number;
}

/** Blocks of channels that a convolution of ONNX Runtime gives to one thread. */
const FILTERS_AT_ONCE = 4;

/** State that lies in memory as programs see it. */
export const NO_BLOCKED_STATE: BlockedState = { orders: new Map(), plans: new Map() };

/**
 * Chooses the weights that stay in blocks.
 *
 * The three products of a training step read the weights of a layer, and write their gradient, in one order of blocks. Updates of
 * state do not mind the order of elements. So large matrices, which ONNX Runtime would bring into blocks and out of them three times
 * a step, are never moved; what is moved instead are the smaller matrices on the other sides.
 * @param graph without the updates; weights are state entries `[rows, columns]`
 * @param updates what the host does after the graph has run
 */
export function chooseBlockedState(
  graph: Graph,
  updates: readonly HostUpdate[],
  machine: BlockedMachine,
): BlockedState {
  const { block } = machine;
  const users = usersOf(graph);
  const togetherWith = updatedTogether(graph, updates);
  const results = new Map(graph.results.flatMap(({ role, name, value }) => (role === 'update' ? [[name, value]] : [])));
  const orders = new Map<string, BlockOrder>();
  const plans = new Map<Value, ProductPlan>();
  for (const weights of graph.arguments) {
    const [rows, columns] = weights.shape;
    if (weights.role !== 'state' || weights.dtype !== 'float32' || weights.shape.length !== 2) continue;
    const matrices = matricesOf(weights, users.get(weights) ?? [], block);
    const together = matrices && togetherWith(weights);
    const gradients = together && gradientsOf(weights, together.results, results, users);
    if (matrices === undefined || together === undefined || gradients === undefined) continue;
    // Only blocks of rows of a few rows are one piece of memory.
    const isWhole = matrices.every((matrix) => matrix === weights);
    const longer: BlockOrder = (rows ?? 0) < (columns ?? 0) ? 'columns' : 'rows';
    for (const order of isWhole ? ([longer, 'rows', 'columns'] as const) : (['rows'] as const)) {
      const found = plansOf(matrices, gradients, order, users, machine);
      if (found === undefined || [...found.keys()].some((product) => plans.has(product))) continue;
      for (const [product, plan] of found) plans.set(product, plan);
      for (const entry of together.entries) orders.set(entry, order);
      break;
    }
  }
  return { orders, plans };
}

/** The matrices that products read: the weights, or their rows from one to another where they are only read so. */
function matricesOf(weights: ArgumentValue, users: readonly NodeValue[], block: number): readonly Value[] | undefined {
  if (users.every((user) => !isNode(user, 'Slice'))) return users.length > 0 ? [weights] : undefined;
  const fit = users.every((user) => {
    const part = rowsOfSlice(user);
    return part !== undefined && part.start % block === 0 && part.end % block === 0;
  });
  return fit ? users : undefined;
}

function plansOf(
  matrices: readonly Value[],
  gradients: readonly NodeOf<'BatchMatMul'>[],
  order: BlockOrder,
  users: ReadonlyMap<Value, readonly NodeValue[]>,
  machine: BlockedMachine,
): ReadonlyMap<Value, ProductPlan> | undefined {
  const plans = new Map<Value, ProductPlan>();
  const readers = matrices.flatMap((matrix) =>
    (users.get(matrix) ?? []).map((product) => {
      const side = product.inputs[0] === matrix ? 'a' : 'b';
      return { product, matrix: product.inputs[0] === product.inputs[1] ? undefined : side, like: matrix } as const;
    }),
  );
  const writers = gradients.map((product) => ({ product, matrix: 'result', like: product }) as const);
  for (const { product, matrix, like } of [...readers, ...writers]) {
    if (!isNode(product, 'BatchMatMul') || matrix === undefined || plans.has(product)) return undefined;
    const plan = planBeside(product, { matrix, order }, like, machine);
    if (plan === undefined) return undefined;
    plans.set(product, plan);
  }
  return plans;
}

/** The plan of a large product, one of whose matrices is in blocks: it is much larger than the others. */
function planBeside(
  product: NodeOf<'BatchMatMul'>,
  fixed: FixedMatrix,
  { shape: [height = 0, width = 0] }: Value,
  { block, threads }: BlockedMachine,
): ProductPlan | undefined {
  const sizes = productSizes(product);
  if (sizes === undefined || height % block !== 0 || width % block !== 0) return undefined;
  const { rows, inner, columns } = sizes;
  const multiplications = rows * inner * columns;
  const examples = multiplications / (height * width);
  const pays = multiplications >= LARGE && Math.min(height, width) >= 2 * examples;
  const plan = pays ? planProduct(sizes, false, block, fixed) : undefined;
  return plan !== undefined && Math.ceil(plan.channels / (FILTERS_AT_ONCE * block)) >= threads ? plan : undefined;
}
