import { keyedUniformAttributes, KEYED_UNIFORM_KERNEL } from '../../ops/keyed-uniform.js';
import type { Value } from '../../graph/value.js';
import { sizeOf } from '../../tensor-value.js';
import { recordable } from '../recording.js';
import type { KernelCall, KernelTable, TraceKernel } from '../kernel-call.js';
import { binary, select } from './elementwise.js';
import { reduce } from './reductions.js';

const fillLike =
  (value: number): TraceKernel =>
  (call) => {
    const x = call.input('x');
    return call.graph.splat(value, x.shape, x.dtype);
  };

/** How often, or with what weight in all, each number below `size` is in each row of x. */
function countsIn(call: KernelCall, x: Value, weights: Value): Value {
  const { graph } = call;
  const size = call.number('size');
  const bins = graph.literal(
    Int32Array.from({ length: size }, (_, index) => index),
    [size, 1],
    'int32',
  );
  // [..., n] -> [..., 1, n] against [size, 1]
  const row = (value: Value) => graph.reshape(value, [...x.shape.slice(0, -1), 1, x.shape.at(-1) ?? 1]);
  const hits = graph.cast(binary(graph, 'Equal', row(x), bins), 'float32');
  const binaryOutput = call.flag('binaryOutput') && x.shape.length === 2;
  const weighted =
    sizeOf(weights.shape) === 0 || binaryOutput
      ? hits
      : binary(graph, 'Multiply', hits, row(graph.cast(weights, 'float32')));
  const sums = reduce(graph, binaryOutput ? 'Max' : 'Sum', weighted, [x.shape.length], false);
  return graph.cast(sums, weights.dtype);
}

function flat(call: KernelCall, name: string): Value {
  const value = call.input(name);
  return call.graph.reshape(value, [sizeOf(value.shape)]);
}

export const creationKernels: KernelTable = {
  Diag: (call) => {
    const x = call.input('x');
    const size = sizeOf(x.shape);
    const identity = Float32Array.from({ length: size * size }, (_, index) => Number(index % (size + 1) === 0));
    const mask = call.graph.literal(Uint8Array.from(identity), [size, size], 'bool');
    const row = call.graph.reshape(x, [1, size]);
    const matrix = select(call.graph, mask, row, call.graph.splat(0, [], x.dtype));
    return call.graph.reshape(matrix, [...x.shape, ...x.shape]);
  },
  Fill: (call) =>
    call.graph.splat(
      call.number('value'),
      [...call.numbers('shape')],
      recordable(call.text('dtype', 'float32'), call.op),
    ),
  [KEYED_UNIFORM_KERNEL]: (call) => {
    const { salt, shape } = keyedUniformAttributes({ salt: call.raw('salt'), shape: call.raw('shape') });
    return call.graph.node('KeyedUniform', [call.input('key')], { salt }, shape, 'float32');
  },
  LinSpace: (call) => {
    const num = call.number('num');
    const [start, stop] = [call.number('start'), call.number('stop')];
    const step = num > 1 ? (stop - start) / (num - 1) : 0;
    const table = new Float32Array(num);
    table.forEach((_, index) => (table[index] = index === 0 ? start : (table[index - 1] ?? 0) + step));
    return call.graph.literal(table, [num], 'float32');
  },
  OneHot: (call) => {
    const given = call.input('indices');
    const depth = call.number('depth');
    const attributes = { depth, onValue: call.number('onValue', 1), offValue: call.number('offValue', 0) };
    const dtype = recordable(call.text('dtype', 'float32'), call.op);
    return call.graph.node('OneHot', [call.graph.cast(given, 'int32')], attributes, [...given.shape, depth], dtype);
  },
  OnesLike: fillLike(1),
  Range: (call) => {
    const dtype = call.text('dtype', 'float32');
    const [start, stop, step] = [call.number('start'), call.number('stop'), call.number('step')];
    const length = start === stop ? 0 : Math.max(0, Math.ceil((stop - start) / step));
    const numbers = Array.from({ length }, (_, index) => start + index * step);
    const table = dtype === 'int32' ? Int32Array.from(numbers) : Float32Array.from(numbers);
    return call.graph.literal(table, [length], dtype === 'int32' ? 'int32' : 'float32');
  },
  ZerosLike: fillLike(0),
  // Of all elements, whatever the shape.
  Bincount: (call) => countsIn(call, flat(call, 'x'), flat(call, 'weights')),
  DenseBincount: (call) => countsIn(call, call.input('x'), call.input('weights')),
};
