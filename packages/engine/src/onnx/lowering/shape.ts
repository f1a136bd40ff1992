import type { NodeOf } from '../../graph/value.js';
import { sizeOf } from '../../tensor-value.js';
import type { LoweringContext, LoweringTable } from './context.js';
import { inputAt, inputsOf } from './context.js';
import { castTo, fresh } from './elementwise.js';
import type { Emitter } from './emitter.js';
import type { Layout } from './layout.js';
import { identityLayout, inverseLayout, physicalDims, sameLayout } from './layout.js';
import type { Lowered } from './lowered.js';
import { isFull, lowered } from './lowered.js';
import { BLOCKS_FIRST } from './reorder.js';

/** Ends a slice that runs backwards through the first element. */
const BEFORE_THE_BEGINNING = -(2 ** 31);

function reshape(node: NodeOf<'Reshape'>, { emitter, get }: LoweringContext): Lowered {
  const x = get(inputAt(node, 0));
  const blocked = reshapeBlocks(node, x, emitter);
  if (blocked !== undefined) return blocked;
  const layout = layoutAfterReshape(x, node.shape);
  if (layout !== undefined) {
    const { name } = emitter.full(x);
    return lowered(emitter.reshape(name, physicalDims(node.shape, layout)), node.shape, node.dtype, { layout });
  }
  return fresh(emitter.reshape(emitter.canonical(x).name, node.shape), node);
}

/** A matrix `[rows, columns]` seen as `[rows, columns / block, block]`, or back: where it lies in blocks, it stays there. */
function reshapeBlocks({ shape }: NodeOf<'Reshape'>, x: Lowered, emitter: Emitter): Lowered | undefined {
  const { channelBlock: block } = emitter;
  const [rows = 0, groups = 0] = shape;
  const blocks = emitter.inBlocks.columns.get(x.name);
  if (blocks !== undefined && shape.length === 3 && shape[2] === block && rows === x.shape[0]) {
    return lowered(emitter.reshape(blocks, [groups, rows, block]), shape, x.dtype, { layout: BLOCKS_FIRST });
  }
  if (!sameLayout(x.layout, BLOCKS_FIRST) || x.shape[2] !== block || !isFull(x)) return undefined;
  const matrix = emitter.reshape(emitter.canonical(x).name, shape);
  if (shape.length === 2 && rows === x.shape[0]) emitter.inBlocks.columns.set(matrix, x.name);
  return lowered(matrix, shape, x.dtype);
}

/** A reshape that only adds or drops axes of one element keeps the order of the others in memory. */
function layoutAfterReshape(x: Lowered, shape: readonly number[]): Layout | undefined {
  const longAxes = (extents: readonly number[]) => extents.flatMap((extent, axis) => (extent === 1 ? [] : [axis]));
  const [before, after] = [longAxes(x.shape), longAxes(shape)];
  const kept =
    before.length === after.length && before.every((axis, index) => x.shape[axis] === shape[after[index] ?? 0]);
  if (!kept) return undefined;
  const order = x.layout.flatMap((axis) => (before.includes(axis) ? [after[before.indexOf(axis)] ?? 0] : []));
  if (order.every((axis, index) => index === 0 || (order[index - 1] ?? 0) < axis)) return identityLayout(shape.length);
  return [...identityLayout(shape.length).filter((axis) => !order.includes(axis)), ...order];
}

function slice(node: NodeOf<'Slice'>, { emitter, get }: LoweringContext): Lowered {
  const given = get(inputAt(node, 0));
  // An axis along which one element is repeated stays so.
  const lazy = (axis: number) => given.dims[given.layout.indexOf(axis)] === 1;
  const cut = identityLayout(node.shape.length).filter((axis) => !lazy(axis) && differs(node, given, axis));
  const dims = given.layout.map((axis, index) => (lazy(axis) ? (given.dims[index] ?? 1) : (node.shape[axis] ?? 1)));
  if (cut.length === 0) return lowered(given.name, node.shape, node.dtype, { layout: given.layout, dims });
  const strides = cut.map((axis) => node.attributes.strides[axis] ?? 1);
  const begins = cut.map((axis) => node.attributes.begin[axis] ?? 0);
  const ends = cut.map((axis, index) => {
    const end = (begins[index] ?? 0) + (node.shape[axis] ?? 0) * (strides[index] ?? 1);
    return end < 0 ? BEFORE_THE_BEGINNING : end;
  });
  const axes = cut.map((axis) => given.layout.indexOf(axis));
  const name = emitter.emit('Slice', [
    given.name,
    ...[begins, ends, axes, strides].map((list) => emitter.integers(list)),
  ]);
  return lowered(name, node.shape, node.dtype, { layout: given.layout, dims });
}

function differs(node: NodeOf<'Slice'>, x: Lowered, axis: number): boolean {
  const { begin, strides } = node.attributes;
  return node.shape[axis] !== x.shape[axis] || begin[axis] !== 0 || strides[axis] !== 1;
}

function concat(node: NodeOf<'Concat'>, context: LoweringContext): Lowered {
  const { emitter } = context;
  const parts = inputsOf(node, context);
  const largest = parts.reduce((best, part) => (sizeOf(part.dims) > sizeOf(best.dims) ? part : best));
  const names = parts.map((part) => emitter.physical(part, largest.layout).name);
  const axis = largest.layout.indexOf(node.attributes.axis);
  return lowered(emitter.emit('Concat', names, { attributes: { axis } }), node.shape, node.dtype, {
    layout: largest.layout,
  });
}

function pad(node: NodeOf<'Pad'>, { emitter, get }: LoweringContext): Lowered {
  const x = emitter.full(get(inputAt(node, 0)));
  const { paddings, constant } = node.attributes;
  const sides = [0, 1].flatMap((side) => x.layout.map((axis) => paddings[axis]?.[side === 0 ? 0 : 1] ?? 0));
  const name = emitter.emit('Pad', [x.name, emitter.integers(sides), emitter.number(x.dtype, constant)]);
  return lowered(name, node.shape, node.dtype, { layout: x.layout });
}

/** Pads one axis after the other with slices of the value itself, reversed. */
function mirrorPad(node: NodeOf<'MirrorPad'>, { emitter, get }: LoweringContext): Lowered {
  const x = emitter.canonical(get(inputAt(node, 0)));
  const { paddings, mode } = node.attributes;
  const offset = mode === 'reflect' ? 1 : 0;
  const name = paddings.reduce((whole, [before, after], axis) => {
    const length = x.shape[axis] ?? 0;
    const reversed = (from: number, count: number) => {
      const end = from - count;
      const bounds = [[from], [end < 0 ? BEFORE_THE_BEGINNING : end], [axis], [-1]];
      return emitter.emit('Slice', [whole, ...bounds.map((list) => emitter.integers(list))]);
    };
    const parts = [
      ...(before > 0 ? [reversed(before - 1 + offset, before)] : []),
      whole,
      ...(after > 0 ? [reversed(length - 1 - offset, after)] : []),
    ];
    return parts.length === 1 ? whole : emitter.emit('Concat', parts, { attributes: { axis } });
  }, x.name);
  return fresh(name, node);
}

function tile(node: NodeOf<'Tile'>, { emitter, get }: LoweringContext): Lowered {
  const given = get(inputAt(node, 0));
  const onlyOnes = given.shape.every((extent, axis) => extent === 1 || extent === node.shape[axis]);
  if (onlyOnes) {
    return lowered(given.name, node.shape, node.dtype, {
      layout: given.layout,
      dims: given.dims,
      splat: given.splat,
    });
  }
  const x = emitter.canonical(given);
  const repeats = x.shape.map((extent, axis) => (extent === 0 ? 1 : (node.shape[axis] ?? 0) / extent));
  return fresh(emitter.emit('Tile', [x.name, emitter.integers(repeats)]), node);
}

function reverse(node: NodeOf<'Reverse'>, { emitter, get }: LoweringContext): Lowered {
  const x = emitter.full(get(inputAt(node, 0)));
  const axes = node.attributes.axes.map((axis) => x.layout.indexOf(axis));
  const bounds = [axes.map(() => -1), axes.map(() => BEFORE_THE_BEGINNING), axes, axes.map(() => -1)];
  const name = emitter.emit('Slice', [x.name, ...bounds.map((list) => emitter.integers(list))]);
  return lowered(name, node.shape, node.dtype, { layout: x.layout });
}

type ShapeOperation =
  'BroadcastTo' | 'Concat' | 'MirrorPad' | 'Pad' | 'Reshape' | 'Reverse' | 'Slice' | 'Tile' | 'Transpose';

export const shapeLowerings: LoweringTable<ShapeOperation> = {
  BroadcastTo: (node, { emitter, get }) => {
    const x = emitter.withRank(get(inputAt(node, 0)), node.shape.length);
    return lowered(x.name, node.shape, node.dtype, { layout: x.layout, dims: x.dims, splat: x.splat });
  },
  Concat: concat,
  MirrorPad: mirrorPad,
  Pad: (node, context) => {
    if (node.dtype !== 'bool') return pad(node, context);
    const { emitter } = context;
    const get = (value: Parameters<typeof context.get>[0]) => castTo(emitter, context.get(value), 'int32');
    return castTo(emitter, pad({ ...node, dtype: 'int32' }, { ...context, get }), 'bool');
  },
  Reshape: reshape,
  Reverse: reverse,
  Slice: slice,
  Tile: tile,
  Transpose: (node, { get }) => {
    const x = get(inputAt(node, 0));
    // Axis j of the result is axis permutation[j] of x, so x's axis i is the result's axis inverse[i].
    const inverse = inverseLayout(node.attributes.permutation);
    const layout = x.layout.map((axis) => inverse[axis] ?? 0);
    return lowered(x.name, node.shape, node.dtype, { layout, dims: x.dims, splat: x.splat });
  },
};
