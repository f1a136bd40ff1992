import type { Reduction } from '../../graph/operations.js';
import type { NodeOf } from '../../graph/value.js';
import { sizeOf } from '../../tensor-value.js';
import type { Lowering, LoweringContext, LoweringTable } from './context.js';
import { inputAt } from './context.js';
import { castName, castTo, fresh, renamed } from './elementwise.js';
import type { Emitter } from './emitter.js';
import type { Layout } from './layout.js';
import type { Lowered } from './lowered.js';
import { isFull, lowered } from './lowered.js';
import { sumByProduct } from './sum-by-product.js';

/** Elements from which on a sum of squares is given to all threads, and the rows that it is done in: on the CPU, and on a graphics card. */
const MANY_SQUARES = 2 ** 16;
const ROWS_OF_SQUARES = 256;
const ROWS_ON_CARD = 1024;

const reduction =
  (operator: string): Lowering<Reduction | 'SquaredSum'> =>
  (node, context) => {
    const { emitter } = context;
    const given = context.get(inputAt(node, 0));
    // Reductions of truth values exist for numbers only.
    const x = emitter.full(given.dtype === 'bool' ? castTo(emitter, given, 'int32') : given);
    const { axes, keepDimensions } = node.attributes;
    const physical = axes.map((axis) => x.layout.indexOf(axis)).sort((a, b) => a - b);
    const average = operator === 'ReduceMean';
    const byProduct = average || operator === 'ReduceSum';
    const name =
      (byProduct ? sumByProduct(emitter, x, physical, { average, keepDimensions }) : undefined) ??
      emitter.emit(operator, [x.name, emitter.integers(physical)], {
        attributes: { keepdims: Number(keepDimensions) },
      });
    const layout = keepDimensions ? x.layout : withoutAxes(x.layout, axes);
    return castTo(emitter, lowered(name, node.shape, x.dtype, { layout }), node.dtype);
  };

/**
 * The sum of all squares of many elements, whose order does not matter: as they lie in memory. Products of long rows with themselves, which
 * all threads compute, and add up to within 5e-7; ONNX Runtime's own reduction is done by one, and off by 1.3e-3 for 16.8 million elements.
 */
function sumOfAllSquares(node: NodeOf<'SquaredSum'>, { emitter, get, planOf }: LoweringContext): Lowered | undefined {
  const x = get(inputAt(node, 0));
  const size = sizeOf(x.shape);
  const count = emitter.forCard ? ROWS_ON_CARD : ROWS_OF_SQUARES;
  const isLarge = size >= MANY_SQUARES && size % count === 0;
  if (node.shape.length > 0 || !isLarge || !isFull(x)) return undefined;
  if (emitter.forCard) return fresh(squaresInParts(emitter, emitter.reshape(x.name, [count, size / count])), node);
  if (emitter.channelBlock === undefined) return undefined;
  const plan = planOf(inputAt(node, 0));
  // A gradient leaves the model so; blocks of others would be kept for this sum.
  const inBlocks = plan && emitter.inBlocks[plan.transposed ? 'rows' : 'columns'].get(x.name);
  const inMemory = inBlocks ?? emitter.memoryOf(x.name)?.name ?? x.name;
  const rows = emitter.reshape(inMemory, [count, 1, size / count]);
  const squares = emitter.emit('FusedMatMul', [rows, rows], { attributes: { transB: 1 }, domain: 'com.microsoft' });
  return fresh(emitter.emit('ReduceSum', [squares], { attributes: { keepdims: 0 } }), node);
}

/** The sum of the squares of a matrix, row by row: a card gives each result to one group of threads. */
function squaresInParts(emitter: Emitter, matrix: string): string {
  const last = emitter.integers([1]);
  const sums = emitter.emit('ReduceSumSquare', [matrix, last], { attributes: { keepdims: 0 } });
  return emitter.emit('ReduceSum', [sums], { attributes: { keepdims: 0 } });
}

/** The layout of what is left when axes are removed. */
function withoutAxes(layout: Layout, axes: readonly number[]): Layout {
  const kept = layout.filter((axis) => !axes.includes(axis));
  const ordered = [...kept].sort((a, b) => a - b);
  return kept.map((axis) => ordered.indexOf(axis));
}

function position(operator: string, node: NodeOf<'ArgMax' | 'ArgMin'>, context: LoweringContext): Lowered {
  const { emitter } = context;
  const given = context.get(inputAt(node, 0));
  const x = emitter.full(given.dtype === 'bool' ? castTo(emitter, given, 'int32') : given);
  const { axis } = node.attributes;
  const name = emitter.emit(operator, [x.name], { attributes: { axis: x.layout.indexOf(axis), keepdims: 0 } });
  return lowered(castName(emitter, name, 'int32'), node.shape, 'int32', { layout: withoutAxes(x.layout, [axis]) });
}

/** Products of all elements so far: each round doubles the reach, by multiplying with the value shifted. */
function cumulativeProduct(node: NodeOf<'Cumprod'>, { emitter, get }: LoweringContext): Lowered {
  const x = emitter.canonical(get(inputAt(node, 0)));
  const { axis, exclusive, reverse } = node.attributes;
  const length = x.shape[axis] ?? 0;
  const one = emitter.number(x.dtype, 1);
  const shift = (name: string, by: number) => {
    const [from, to] = reverse ? [by, length] : [0, length - by];
    const part = emitter.emit('Slice', [
      name,
      emitter.integers([from]),
      emitter.integers([to]),
      emitter.integers([axis]),
    ]);
    const paddings = [0, 1].map((side) =>
      x.shape.map((_, other) => (other === axis && side === Number(reverse) ? by : 0)),
    );
    return emitter.emit('Pad', [part, emitter.integers(paddings.flat()), one]);
  };
  let product = exclusive && length > 0 ? shift(x.name, 1) : x.name;
  for (let reach = 1; reach < length; reach *= 2) product = emitter.emit('Mul', [product, shift(product, reach)]);
  return fresh(product, node);
}

type ReductionOperation =
  Reduction | 'ArgMax' | 'ArgMin' | 'Cumprod' | 'Cumsum' | 'Softmax' | 'SquaredSum' | 'TopKIndices' | 'TopKValues';

export const reductionLowerings: LoweringTable<ReductionOperation> = {
  All: reduction('ReduceMin'),
  Any: reduction('ReduceMax'),
  ArgMax: (node, context) => position('ArgMax', node, context),
  ArgMin: (node, context) => position('ArgMin', node, context),
  Cumprod: cumulativeProduct,
  Cumsum: (node, { emitter, get }) => {
    const x = emitter.full(get(inputAt(node, 0)));
    const { axis, exclusive, reverse } = node.attributes;
    const attributes = { exclusive: Number(exclusive), reverse: Number(reverse) };
    return renamed(x, emitter.emit('CumSum', [x.name, emitter.integer(x.layout.indexOf(axis))], { attributes }));
  },
  Max: reduction('ReduceMax'),
  Mean: reduction('ReduceMean'),
  Min: reduction('ReduceMin'),
  Prod: reduction('ReduceProd'),
  Softmax: (node, { emitter, get }) => {
    const x = emitter.full(get(inputAt(node, 0)));
    return renamed(
      x,
      emitter.emit('Softmax', [x.name], { attributes: { axis: x.layout.indexOf(node.attributes.axis) } }),
    );
  },
  SquaredSum: (node, context) => sumOfAllSquares(node, context) ?? reduction('ReduceSumSquare')(node, context),
  Sum: reduction('ReduceSum'),
  TopKIndices: (node, context) => fresh(castName(context.emitter, topK(node, context).indices, 'int32'), node),
  TopKValues: (node, context) => fresh(topK(node, context).values, node),
};

/** Both results of one TopK, which the two operations share. */
function topK(
  node: NodeOf<'TopKIndices' | 'TopKValues'>,
  { emitter, get }: LoweringContext,
): { readonly values: string; readonly indices: string } {
  const x = emitter.canonical(get(inputAt(node, 0)));
  const { k } = node.attributes;
  const values = emitter.derive(x, `top ${k}`, () => {
    const [first = '', second = ''] = emitter.emitMany('TopK', [x.name, emitter.integers([k])], 2);
    x.derived.set(`top ${k} indices`, second);
    return first;
  });
  return { values, indices: emitter.derive(x, `top ${k} indices`, () => values) };
}
