import type { GraphBuilder } from '../../graph/graph-builder.js';
import type { Value } from '../../graph/value.js';
import { averageCorrection } from '../../graph/window-coverage.js';
import type { KernelCall, KernelTable } from '../kernel-call.js';
import { binary } from './elementwise.js';
import { attributesOf, checkGradientOfWindows, imageSize, windowsOf } from './windows.js';
import type { Windows } from './windows.js';

function pool(operation: 'MaxPool' | 'AvgPool') {
  return (call: KernelCall): Value => {
    const x = call.input('x');
    const windows = windowsOf(call, imageSize(x.shape), call.pair('filterSize'));
    const shape = [x.shape[0] ?? 0, ...windows.outputSize, x.shape[3] ?? 0];
    return call.graph.node(operation, [x], attributesOf(windows), shape, x.dtype);
  };
}

function maxPoolGradient(call: KernelCall): Value {
  const [x, dy] = [call.input('input'), call.input('dy')];
  const windows = windowsOf(call, imageSize(x.shape), call.pair('filterSize'));
  checkGradientOfWindows(call, windows, dy);
  return call.graph.node('MaxPoolGrad', [x, dy], attributesOf(windows), x.shape, x.dtype);
}

/** The node spreads dy over whole windows; the average is over what a window covers of the image. */
export function averagePoolGradient(graph: GraphBuilder, x: Value, dy: Value, windows: Windows): Value {
  const { kernel, strides, padding, outputSize } = windows;
  const axes = [0, 1].map((axis) => ({
    length: x.shape[axis + 1] ?? 0,
    kernel: kernel[axis] ?? 1,
    stride: strides[axis] ?? 1,
    before: padding[axis] ?? 0,
    size: outputSize[axis] ?? 0,
  }));
  const table = graph.literal(averageCorrection(axes), [1, ...outputSize, 1], 'float32');
  const weighed = binary(graph, 'Multiply', dy, table);
  return graph.node('AvgPoolGrad', [x, weighed], attributesOf(windows), x.shape, x.dtype);
}

function maxPoolWithArgmax(call: KernelCall): readonly Value[] {
  const { graph } = call;
  const x = call.input('x');
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const windows = windowsOf(call, imageSize(x.shape), call.pair('filterSize'));
  const shape = [batch, ...windows.outputSize, channels];
  const attributes = attributesOf(windows);
  const positions = graph.node('MaxPoolPositions', [x], attributes, shape, 'int32');
  const perImage = height * width * channels;
  const offsets = Int32Array.from({ length: batch }, (_, image) => image * perImage);
  const indices = call.flag('includeBatchInIndex')
    ? binary(graph, 'Add', positions, graph.literal(offsets, [batch, 1, 1, 1], 'int32'))
    : positions;
  return [graph.node('MaxPool', [x], attributes, shape, x.dtype), indices];
}

export const poolingKernels: KernelTable = {
  AvgPool: pool('AvgPool'),
  AvgPoolGrad: (call) => {
    const [x, dy] = [call.input('input'), call.input('dy')];
    const windows = windowsOf(call, imageSize(x.shape), call.pair('filterSize'));
    checkGradientOfWindows(call, windows, dy);
    return averagePoolGradient(call.graph, x, dy, windows);
  },
  MaxPool: pool('MaxPool'),
  MaxPoolGrad: maxPoolGradient,
  MaxPoolWithArgmax: maxPoolWithArgmax,
};
