import type { Value } from '../../graph/value.js';
import type { KernelCall, KernelTable } from '../kernel-call.js';
import { binary, select } from './elementwise.js';
import { reduce } from './reductions.js';
import { concat, slice, sliceAxis } from './shape.js';
import { padAxis, spreadAxis } from './spread.js';
import { attributesOf, imageSize, kernelSize, windowsOf } from './windows.js';
import type { Windows } from './windows.js';

/** Stands outside of the image: no maximum. */
const LOWEST = -3e38;

function dilation(call: KernelCall): Value {
  const [x, filter] = [call.input('x'), call.input('filter')];
  const windows = windowsOf(call, imageSize(x.shape), kernelSize(filter.shape));
  const shape = [x.shape[0] ?? 0, ...windows.outputSize, x.shape[3] ?? 0];
  return call.graph.node('Dilation2D', [x, filter], attributesOf(windows), shape, x.dtype);
}

/** What of dy belongs to each tap of the filter: to the first that gave the maximum. */
function shareOut(call: KernelCall, windows: Windows): readonly Value[] {
  const { graph } = call;
  const [x, filter, dy] = [call.input('x'), call.input('filter'), call.input('dy')];
  const { padding, kernel, strides, dilations, outputSize } = windows;
  const wide = padAxis(graph, x, 1, [padding[0], padding[2]], LOWEST);
  const padded = padAxis(graph, wide, 2, [padding[1], padding[3]], LOWEST);
  const [batch = 0, , , channels = 0] = x.shape;
  const sums = tapsOf(kernel).map(([row, column]) => {
    const begin = [0, row * dilations[0], column * dilations[1], 0];
    const tap = slice(graph, padded, begin, [batch, ...outputSize, channels], [1, ...strides, 1]);
    const weight = slice(graph, filter, [row, column, 0], [1, 1, channels]);
    const sum = binary(graph, 'Add', tap, graph.reshape(weight, [channels]));
    return graph.reshape(sum, [1, ...sum.shape]);
  });
  const winner = graph.node('ArgMax', [concat(graph, sums, 0)], { axis: 0 }, dy.shape, 'int32');
  const zero = graph.splat(0, [], 'float32');
  return sums.map((_, tap) => select(graph, binary(graph, 'Equal', winner, graph.splat(tap, [], 'int32')), dy, zero));
}

function tapsOf([rows, columns]: readonly [number, number]): readonly (readonly [number, number])[] {
  return Array.from({ length: rows * columns }, (_, index) => [Math.floor(index / columns), index % columns] as const);
}

function windowsOfCall(call: KernelCall): Windows {
  return windowsOf(call, imageSize(call.input('x').shape), kernelSize(call.input('filter').shape));
}

function inputGradient(call: KernelCall): Value {
  const { graph } = call;
  const x = call.input('x');
  const windows = windowsOfCall(call);
  const { padding, kernel, strides, dilations } = windows;
  const [, height = 0, width = 0] = x.shape;
  const taps = tapsOf(kernel);
  const parts = shareOut(call, windows).map((share, index) => {
    const [row = 0, column = 0] = taps[index] ?? [];
    const tall = spreadAxis(graph, share, 1, row * dilations[0], strides[0], padding[0] + height + padding[2]);
    return spreadAxis(graph, tall, 2, column * dilations[1], strides[1], padding[1] + width + padding[3]);
  });
  const sum = parts.reduce((total, part) => binary(graph, 'Add', total, part));
  return sliceAxis(graph, sliceAxis(graph, sum, 1, padding[0], height), 2, padding[1], width);
}

function filterGradient(call: KernelCall): Value {
  const { graph } = call;
  const { shape } = call.input('filter');
  const sums = shareOut(call, windowsOfCall(call)).map((share) =>
    graph.reshape(reduce(graph, 'Sum', share, [0, 1, 2], false), [1, shape[2] ?? 0]),
  );
  return graph.reshape(concat(graph, sums, 0), shape);
}

/** Grey-scale morphology: the largest sum of image and filter in each window. */
export const morphologyKernels: KernelTable = {
  Dilation2D: dilation,
  Dilation2DBackpropFilter: filterGradient,
  Dilation2DBackpropInput: inputGradient,
};
