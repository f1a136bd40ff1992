import type { TensorDataType } from '../../engine.js';
import { UnsupportedProgramError } from '../../errors.js';
import type { GraphBuilder } from '../../graph/graph-builder.js';
import { REDUCTIONS } from '../../graph/operations.js';
import type { Reduction } from '../../graph/operations.js';
import type { Value } from '../../graph/value.js';
import type { KernelCall, KernelTable, TraceKernel } from '../kernel-call.js';

export function reduce(
  graph: GraphBuilder,
  reduction: Reduction,
  x: Value,
  axes: readonly number[],
  keepDimensions: boolean,
): Value {
  const wide = widen(graph, reduction, x);
  const kept = x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  const shape = keepDimensions ? kept : x.shape.filter((_, axis) => !axes.includes(axis));
  if (axes.length === 0) return wide;
  const sorted = [...new Set(axes)].sort((a, b) => a - b);
  return graph.node(reduction, [wide], { axes: sorted, keepDimensions }, shape, wide.dtype);
}

/** Sums and products count truth values; a mean is a float32. */
function widen(graph: GraphBuilder, reduction: Reduction, x: Value): Value {
  if (reduction === 'Mean') return graph.cast(x, 'float32');
  const counts = reduction === 'Sum' || reduction === 'Prod';
  return counts && x.dtype === 'bool' ? graph.cast(x, 'int32') : x;
}

const plainReductions: KernelTable = Object.fromEntries(
  REDUCTIONS.map((reduction): [string, TraceKernel] => [
    reduction,
    (call) => {
      const x = call.input('x');
      const attribute = call.has('reductionIndices') ? 'reductionIndices' : 'axis';
      return reduce(call.graph, reduction, x, call.axes(attribute, x.shape.length), call.flag('keepDims'));
    },
  ]),
);

function position(operation: 'ArgMax' | 'ArgMin'): TraceKernel {
  return (call) => {
    const x = call.input('x');
    if (x.shape.length === 0) {
      throw new UnsupportedProgramError(call.op, 'a scalar has no axis', 'Give it one: tf.reshape(x, [1]).');
    }
    const axis = call.axis('axis', x.shape.length);
    const dtype: TensorDataType = 'int32';
    const shape = x.shape.filter((_, other) => other !== axis);
    if (x.shape[axis] === 0) return call.graph.splat(0, shape, dtype);
    return call.graph.node(operation, [x], { axis }, shape, dtype);
  };
}

function cumulative(operation: 'Cumsum' | 'Cumprod'): TraceKernel {
  return (call) => {
    const given = call.input('x');
    const x = given.dtype === 'bool' ? call.graph.cast(given, 'int32') : given;
    const axis = call.axis('axis', x.shape.length);
    const attributes = { axis, exclusive: call.flag('exclusive'), reverse: call.flag('reverse') };
    return call.graph.node(operation, [x], attributes, x.shape, x.dtype);
  };
}

function softmax(call: KernelCall, attribute: string): Value {
  const logits = call.graph.cast(call.input('logits'), 'float32');
  const axis = call.axis(attribute, logits.shape.length);
  return call.graph.node('Softmax', [logits], { axis }, logits.shape, 'float32');
}

export const reductionKernels: KernelTable = {
  ...plainReductions,
  ArgMax: position('ArgMax'),
  ArgMin: position('ArgMin'),
  Cumprod: cumulative('Cumprod'),
  Cumsum: cumulative('Cumsum'),
  Softmax: (call) => softmax(call, 'dim'),
};
