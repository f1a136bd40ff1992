import type { Pair } from '../../graph/attributes.js';
import type { GraphBuilder } from '../../graph/graph-builder.js';
import type { Value } from '../../graph/value.js';
import { pad, sliceAxis } from './shape.js';

/**
 * Puts the elements of an axis, in order, on every `stride`-th place from `begin` on of an axis of `extent` elements, with
 * zeros between: undoes a strided slice, on the way back.
 */
export function spreadAxis(
  graph: GraphBuilder,
  x: Value,
  axis: number,
  begin: number,
  stride: number,
  extent: number,
): Value {
  const count = x.shape[axis] ?? 0;
  const reach = (count - 1) * stride + 1;
  const apart = stride === 1 ? x : insertZeros(graph, x, axis, stride);
  return padAxis(graph, sliceAxis(graph, apart, axis, 0, reach), axis, [begin, extent - begin - reach]);
}

function insertZeros(graph: GraphBuilder, x: Value, axis: number, stride: number): Value {
  const [before, count, after] = [x.shape.slice(0, axis), x.shape[axis] ?? 0, x.shape.slice(axis + 1)];
  // [..., n, ...] -> [..., n, 1, ...] -> [..., n, stride, ...] -> [..., n * stride, ...]
  const column = graph.reshape(x, [...before, count, 1, ...after]);
  const wide = padAxis(graph, column, axis + 1, [0, stride - 1]);
  return graph.reshape(wide, [...before, count * stride, ...after]);
}

/** Zeros before and after the elements of one axis. */
export function padAxis(graph: GraphBuilder, x: Value, axis: number, sides: Pair, constant = 0): Value {
  return pad(
    graph,
    x,
    x.shape.map((_, other): Pair => (other === axis ? sides : [0, 0])),
    constant,
  );
}
