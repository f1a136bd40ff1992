import * as tf from '@tensorflow/tfjs';
import type { Pair } from '../../graph/attributes.js';
import { UnsupportedProgramError } from '../../errors.js';
import type { GraphBuilder } from '../../graph/graph-builder.js';
import type { Value } from '../../graph/value.js';
import { sliceRange } from '../../slice-range.js';
import { sizeOf } from '../../tensor-value.js';
import type { KernelCall, KernelTable } from '../kernel-call.js';

/** The part of a value that begins at `begin`, every `strides`-th element of each axis. */
export function slice(
  graph: GraphBuilder,
  x: Value,
  begin: readonly number[],
  size: readonly number[],
  strides: readonly number[] = begin.map(() => 1),
): Value {
  const whole = size.every((extent, axis) => extent === x.shape[axis] && strides[axis] === 1);
  return whole ? x : graph.node('Slice', [x], { begin: [...begin], strides: [...strides] }, [...size], x.dtype);
}

/** The part of a value that covers `length` positions of one axis. */
export function sliceAxis(graph: GraphBuilder, x: Value, axis: number, from: number, length: number): Value {
  const begin = x.shape.map((_, other) => (other === axis ? from : 0));
  const size = x.shape.map((extent, other) => (other === axis ? length : extent));
  return slice(graph, x, begin, size);
}

/** TensorFlow.js would give the result the type of the first, and cut the others off. */
function refuseMixedTypes(call: KernelCall, parts: readonly Value[]): void {
  const types = [...new Set(parts.map(({ dtype }) => dtype))];
  if (types.length < 2) return;
  throw new UnsupportedProgramError(
    call.op,
    `it joins tensors of the types ${types.join(' and ')}`,
    "Bring them to one type first: tf.cast(x, 'float32').",
  );
}

export function concat(graph: GraphBuilder, parts: readonly Value[], axis: number): Value {
  const filled = parts.filter((part) => part.shape[axis] !== 0);
  const [first] = filled.length > 0 ? filled : parts;
  if (first === undefined) throw new Error('Nothing to concatenate');
  if (filled.length <= 1) return first;
  const shape = tf.backend_util.computeOutShape(
    filled.map((part) => [...part.shape]),
    axis,
  );
  return graph.node('Concat', filled, { axis }, shape, first.dtype);
}

export function pad(graph: GraphBuilder, x: Value, paddings: readonly Pair[], constant: number): Value {
  const shape = x.shape.map((extent, axis) => {
    const [before, after] = paddings[axis] ?? [0, 0];
    return before + extent + after;
  });
  if (paddings.every(([before, after]) => before === 0 && after === 0)) return x;
  return graph.node('Pad', [x], { paddings, constant }, shape, x.dtype);
}

export function pairs(rows: readonly (readonly number[])[]): readonly Pair[] {
  return rows.map((row): Pair => [row[0] ?? 0, row[1] ?? 0]);
}

function stack(call: KernelCall): Value {
  const axis = call.number('axis', 0);
  const parts = call.list().map((part) => {
    const position = axis < 0 ? axis + part.shape.length + 1 : axis;
    // [..., d, ...] -> [..., 1, d, ...]
    return call.graph.reshape(part, [...part.shape.slice(0, position), 1, ...part.shape.slice(position)]);
  });
  refuseMixedTypes(call, parts);
  return concat(call.graph, parts, axis < 0 ? axis + (parts[0]?.shape.length ?? 0) : axis);
}

function unstack(call: KernelCall): readonly Value[] {
  const x = call.input('value');
  const axis = call.axis('axis', x.shape.length);
  const shape = x.shape.filter((_, other) => other !== axis);
  return Array.from({ length: x.shape[axis] ?? 0 }, (_, index) =>
    call.graph.reshape(sliceAxis(call.graph, x, axis, index, 1), shape),
  );
}

function split(call: KernelCall): readonly Value[] {
  const x = call.input('x');
  const axis = call.axis('axis', x.shape.length);
  const given = call.raw('numOrSizeSplits');
  const sizes = tf.backend_util.prepareSplitSize(
    { shape: [...x.shape], dtype: x.dtype, dataId: {} },
    typeof given === 'number' ? given : [...call.numbers('numOrSizeSplits')],
    axis,
  );
  let from = 0;
  return sizes.map((size) => {
    const part = sliceAxis(call.graph, x, axis, from, size);
    from += size;
    return part;
  });
}

function stridedSlice(call: KernelCall): Value {
  const x = call.input('x');
  const info = sliceRange(call, x.shape);
  if (info.isIdentity) return call.graph.reshape(x, info.finalShape);
  const size = tf.slice_util.computeOutShape(info.begin, info.end, info.strides);
  if (sizeOf(size) === 0) return call.graph.splat(0, info.finalShape, x.dtype);
  return call.graph.reshape(slice(call.graph, x, info.begin, size, info.strides), info.finalShape);
}

function spaceToBatch(call: KernelCall): Value {
  const { graph } = call;
  const x = call.input('x');
  const block = call.numbers('blockShape');
  const paddings = pairs(call.rows('paddings'));
  const rest = x.shape.slice(1 + block.length);
  const padded = pad(graph, x, [[0, 0], ...paddings, ...rest.map((): Pair => [0, 0])], 0);
  const [batch = 0, ...spatial] = padded.shape.slice(0, 1 + block.length);
  const blocks = block.map((size, axis) => (spatial[axis] ?? 0) / size);
  // [b, h, w, ...] -> [b, h / s, s, w / s, s, ...] -> [s, s, b, h / s, w / s, ...]
  const divided = graph.reshape(padded, [batch, ...blocks.flatMap((size, axis) => [size, block[axis] ?? 1]), ...rest]);
  const moved = graph.transpose(divided, [
    ...block.map((_, axis) => 2 + 2 * axis),
    0,
    ...block.map((_, axis) => 1 + 2 * axis),
    ...rest.map((_, axis) => 1 + 2 * block.length + axis),
  ]);
  return graph.reshape(moved, [batch * sizeOf(block), ...blocks, ...rest]);
}

function batchToSpace(call: KernelCall): Value {
  const { graph } = call;
  const x = call.input('x');
  const block = call.numbers('blockShape');
  const crops = pairs(call.rows('crops'));
  const [batches = 0, ...spatial] = x.shape.slice(0, 1 + block.length);
  const rest = x.shape.slice(1 + block.length);
  const batch = batches / sizeOf(block);
  // [s * s * b, h, w, ...] -> [s, s, b, h, w, ...] -> [b, h, s, w, s, ...]
  const divided = graph.reshape(x, [...block, batch, ...spatial, ...rest]);
  const moved = graph.transpose(divided, [
    block.length,
    ...block.flatMap((_, axis) => [block.length + 1 + axis, axis]),
    ...rest.map((_, axis) => 1 + 2 * block.length + axis),
  ]);
  const joined = graph.reshape(moved, [batch, ...spatial.map((size, axis) => size * (block[axis] ?? 1)), ...rest]);
  const begin = [0, ...crops.map(([before]) => before), ...rest.map(() => 0)];
  const size = joined.shape.map((extent, axis) => {
    const [before, after] = crops[axis - 1] ?? [0, 0];
    return extent - before - after;
  });
  return slice(graph, joined, begin, size);
}

export const shapeKernels: KernelTable = {
  BatchToSpaceND: batchToSpace,
  Concat: (call) => {
    const parts = call.list();
    refuseMixedTypes(call, parts);
    return concat(call.graph, parts, call.axis('axis', parts[0]?.shape.length ?? 0));
  },
  DepthToSpace: (call) => {
    const x = call.input('x');
    const blockSize = call.number('blockSize');
    const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
    // [b, h, w, s * s * c] -> [b, h, w, s, s, c] -> [b, h, s, w, s, c]
    const divided = call.graph.reshape(x, [batch, height, width, blockSize, blockSize, channels / blockSize ** 2]);
    const moved = call.graph.transpose(divided, [0, 1, 3, 2, 4, 5]);
    return call.graph.reshape(moved, [batch, height * blockSize, width * blockSize, channels / blockSize ** 2]);
  },
  ExpandDims: (call) => {
    const x = call.input('input');
    const dim = call.number('dim');
    const position = dim < 0 ? dim + x.shape.length + 1 : dim;
    return call.graph.reshape(x, [...x.shape.slice(0, position), 1, ...x.shape.slice(position)]);
  },
  FlipLeftRight: (call) => {
    const x = call.input('image');
    return call.graph.node('Reverse', [x], { axes: [2] }, x.shape, x.dtype);
  },
  MirrorPad: (call) => {
    const x = call.input('x');
    const paddings = pairs(call.rows('paddings'));
    const mode = call.text('mode') === 'reflect' ? 'reflect' : 'symmetric';
    const shape = x.shape.map((extent, axis) => extent + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0));
    return call.graph.node('MirrorPad', [x], { paddings, mode }, shape, x.dtype);
  },
  Pack: stack,
  PadV2: (call) => pad(call.graph, call.input('x'), pairs(call.rows('paddings')), call.number('constantValue', 0)),
  Reshape: (call) => {
    const x = call.input('x');
    return call.graph.reshape(x, tf.util.inferFromImplicitShape([...call.numbers('shape')], sizeOf(x.shape)));
  },
  Reverse: (call) => {
    const x = call.input('x');
    const axes = call.axes('dims', x.shape.length).filter((axis) => x.shape[axis] !== 1);
    return axes.length === 0 ? x : call.graph.node('Reverse', [x], { axes }, x.shape, x.dtype);
  },
  Slice: (call) => {
    const x = call.input('x');
    const info = { shape: [...x.shape], dtype: x.dtype, dataId: {} };
    // all that is left, where no size is given
    const given = call.has('size') ? [...call.numbers('size')] : undefined;
    const [begin, size] = tf.slice_util.parseSliceParams(info, [...call.numbers('begin')], given);
    if (begin === undefined || size === undefined) throw new Error('A slice has a begin and a size');
    tf.slice_util.assertParamsValid(info, begin, size);
    return slice(call.graph, x, begin, size);
  },
  SpaceToBatchND: spaceToBatch,
  SplitV: split,
  StridedSlice: stridedSlice,
  Tile: (call) => {
    const x = call.input('x');
    const repetitions = call.numbers('reps');
    return call.graph.node(
      'Tile',
      [x],
      {},
      x.shape.map((extent, axis) => extent * (repetitions[axis] ?? 1)),
      x.dtype,
    );
  },
  Transpose: (call) => call.graph.transpose(call.input('x'), [...call.numbers('perm')]),
  Unpack: unstack,
};
