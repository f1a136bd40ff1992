import type { Value } from '../../graph/value.js';
import { sizeOf } from '../../tensor-value.js';
import type { KernelCall, KernelTable } from '../kernel-call.js';
import { binary } from './elementwise.js';
import { reduce } from './reductions.js';

function gather(call: KernelCall): Value {
  const { graph } = call;
  const [x, indices] = [call.input('x'), graph.cast(call.input('indices'), 'int32')];
  const axis = call.axis('axis', x.shape.length);
  const given = call.number('batchDims', 0);
  const batchDimensions = given < 0 ? given + indices.shape.length : given;
  const picked = indices.shape.slice(batchDimensions);
  if (batchDimensions === 0 || axis === batchDimensions) {
    const shape = [...x.shape.slice(0, axis), ...picked, ...x.shape.slice(axis + 1)];
    return graph.node('Gather', [x, indices], { axis, batchDimensions }, shape, x.dtype);
  }
  // Bring the axis before those between it and the batch, gather, and bring what was picked back behind them.
  const between = Array.from({ length: axis - batchDimensions }, (_, index) => batchDimensions + index);
  const batch = Array.from({ length: batchDimensions }, (_, index) => index);
  const after = Array.from({ length: x.shape.length - axis - 1 }, (_, index) => axis + 1 + index);
  const moved = graph.transpose(x, [...batch, axis, ...between, ...after]);
  const shape = [...x.shape.slice(0, batchDimensions), ...picked, ...moved.shape.slice(batchDimensions + 1)];
  const gathered = graph.node('Gather', [moved, indices], { axis: batchDimensions, batchDimensions }, shape, x.dtype);
  const behind = picked.map((_, index) => batchDimensions + index);
  const rest = [...between, ...after].map((_, index) => batchDimensions + picked.length + index);
  return graph.transpose(gathered, [
    ...batch,
    ...rest.slice(0, between.length),
    ...behind,
    ...rest.slice(between.length),
  ]);
}

/** Sums the rows of x that share a segment; ids below zero are dropped, as TensorFlow.js does. */
function unsortedSegmentSum(call: KernelCall): Value {
  const { graph } = call;
  const [x, ids] = [graph.cast(call.input('x'), 'float32'), call.graph.cast(call.input('segmentIds'), 'int32')];
  const count = call.number('numSegments');
  const target = graph.splat(0, [count + 1, ...x.shape.slice(ids.shape.length)], x.dtype);
  const outside = graph.splat(count, [], 'int32');
  const inside = binary(
    graph,
    'LogicalAnd',
    binary(graph, 'GreaterEqual', ids, graph.splat(0, [], 'int32')),
    binary(graph, 'Less', ids, outside),
  );
  const safe = graph.node('Select', [inside, ids, outside], {}, ids.shape, 'int32');
  const rows = graph.reshape(safe, [...ids.shape, 1]);
  const sums = graph.node('ScatterAdd', [target, rows, x], {}, target.shape, x.dtype);
  const begin = target.shape.map(() => 0);
  return graph.node(
    'Slice',
    [sums],
    { begin, strides: begin.map(() => 1) },
    [count, ...target.shape.slice(1)],
    x.dtype,
  );
}

function topK(call: KernelCall): readonly Value[] {
  const given = call.input('x');
  const x = given.dtype === 'bool' ? call.graph.cast(given, 'int32') : given;
  const k = call.number('k');
  const shape = [...x.shape.slice(0, -1), k];
  return [
    call.graph.cast(call.graph.node('TopKValues', [x], { k }, shape, x.dtype), given.dtype),
    call.graph.node('TopKIndices', [x], { k }, shape, 'int32'),
  ];
}

function sparseToDense(call: KernelCall): Value {
  const { graph } = call;
  const shape = [...call.numbers('outputShape')];
  const [given, values, initial] = [
    call.input('sparseIndices'),
    call.input('sparseValues'),
    call.input('defaultValue'),
  ];
  const indices = graph.cast(given, 'int32');
  const rows = indices.shape.length < 2 ? graph.reshape(indices, [sizeOf(indices.shape), 1]) : indices;
  const updates = graph.broadcast(values, [rows.shape[0] ?? 0, ...shape.slice(rows.shape[1] ?? 1)]);
  const target = graph.broadcast(initial, shape);
  return graph.node('ScatterUpdate', [target, rows, updates], {}, shape, target.dtype);
}

/** How many elements of a sorted row are below a value (`left`), or not above it. */
function searchSorted(call: KernelCall): Value {
  const { graph } = call;
  const [sequence, values] = [call.input('sortedSequence'), call.input('values')];
  const [rows = 0, length = 0] = sequence.shape;
  const [, count = 0] = values.shape;
  const operation = call.text('side') === 'left' ? 'Less' : 'LessEqual';
  const row = graph.reshape(sequence, [rows, 1, length]);
  const before = binary(graph, operation, row, graph.reshape(values, [rows, count, 1]));
  return reduce(graph, 'Sum', graph.cast(before, 'int32'), [2], false);
}

export const indexingKernels: KernelTable = {
  GatherNd: (call) => {
    const [params, indices] = [call.input('params'), call.graph.cast(call.input('indices'), 'int32')];
    const depth = indices.shape.at(-1) ?? 0;
    const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(depth)];
    return call.graph.node('GatherNd', [params, indices], {}, shape, params.dtype);
  },
  GatherV2: gather,
  ScatterNd: (call) => {
    const [indices, updates] = [call.graph.cast(call.input('indices'), 'int32'), call.input('updates')];
    const target = call.graph.splat(0, [...call.numbers('shape')], updates.dtype);
    return call.graph.node('ScatterAdd', [target, indices, updates], {}, target.shape, updates.dtype);
  },
  SearchSorted: searchSorted,
  SparseToDense: sparseToDense,
  TensorScatterUpdate: (call) => {
    const [target, updates] = [call.input('tensor'), call.input('updates')];
    const indices = call.graph.cast(call.input('indices'), 'int32');
    return call.graph.node('ScatterUpdate', [target, indices, updates], {}, target.shape, target.dtype);
  },
  TopK: topK,
  UnsortedSegmentSum: unsortedSegmentSum,
};
