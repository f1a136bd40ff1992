import type { Pair } from '../../graph/attributes.js';
import type { Value } from '../../graph/value.js';
import type { KernelCall, KernelTable } from '../kernel-call.js';
import { binary } from './elementwise.js';
import { averagePoolGradient } from './pooling.js';
import { concat, sliceAxis, slice } from './shape.js';
import { padAxis, spreadAxis } from './spread.js';
import { attributesOf, extentOf } from './windows.js';
import type { Extent, Windows } from './windows.js';

/** The windows of a convolution or pooling of volumes `[batch, depth, height, width, channels]`: along the depth, and in the plane. */
interface VolumeWindows {
  readonly depth: Extent & { readonly kernel: number; readonly stride: number; readonly dilation: number };
  readonly plane: Windows;
}

type Sizes = readonly number[];

function windowsOfVolume(call: KernelCall, volume: Sizes, kernel: Sizes): VolumeWindows {
  const [strides, dilations] = [call.triple('strides', 1), call.triple('dilations', 1)];
  const extents = [0, 1, 2].map((axis) =>
    extentOf(call, axis, volume[axis + 1] ?? 0, kernel[axis] ?? 1, strides[axis] ?? 1, dilations[axis] ?? 1),
  );
  const [depth, vertical, horizontal] = extents;
  if (depth === undefined || vertical === undefined || horizontal === undefined) throw new Error('Three axes');
  return {
    depth: { ...depth, kernel: kernel[0] ?? 1, stride: strides[0], dilation: dilations[0] },
    plane: {
      kernel: [kernel[1] ?? 1, kernel[2] ?? 1],
      strides: [strides[1], strides[2]],
      dilations: [dilations[1], dilations[2]],
      padding: [vertical.before, horizontal.before, vertical.after, horizontal.after],
      outputSize: [vertical.size, horizontal.size],
    },
  };
}

/** The slices that each window meets, side by side as channels: `[batch * windows, height, width, kernel * channels]`. */
function stackDepth({ graph }: KernelCall, x: Value, { depth }: VolumeWindows): Value {
  const [batch = 0, , height = 0, width = 0, channels = 0] = x.shape;
  const padded = padAxis(graph, x, 1, [depth.before, depth.after]);
  const size = [batch, depth.size, height, width, channels];
  const taps = Array.from({ length: depth.kernel }, (_, tap) =>
    slice(graph, padded, [0, tap * depth.dilation, 0, 0, 0], size, [1, depth.stride, 1, 1, 1]),
  );
  return graph.reshape(concat(graph, taps, 4), [batch * depth.size, height, width, depth.kernel * channels]);
}

/** Brings the gradients of stacked slices back to where they came from. */
function unstackDepth({ graph }: KernelCall, stacked: Value, shape: Sizes, { depth }: VolumeWindows): Value {
  const [batch = 0, slices = 0, height = 0, width = 0, channels = 0] = shape;
  const whole = graph.reshape(stacked, [batch, depth.size, height, width, depth.kernel * channels]);
  const length = depth.before + slices + depth.after;
  const parts = Array.from({ length: depth.kernel }, (_, tap) => {
    const part = sliceAxis(graph, whole, 4, tap * channels, channels);
    return spreadAxis(graph, part, 1, tap * depth.dilation, depth.stride, length);
  });
  const sum = parts.reduce((total, part) => binary(graph, 'Add', total, part));
  return sliceAxis(graph, sum, 1, depth.before, slices);
}

/** `[depth, height, width, in, out]` -> `[height, width, depth * in, out]`. */
function flattenFilter({ graph }: KernelCall, filter: Value): Value {
  const [depth = 1, height = 1, width = 1, inputs = 1, outputs = 1] = filter.shape;
  return graph.reshape(graph.transpose(filter, [1, 2, 0, 3, 4]), [height, width, depth * inputs, outputs]);
}

/** A convolution of volumes is one of images, whose channels are the slices of the window. */
function convolution(call: KernelCall): Value {
  const [x, filter] = [call.input('x'), call.input('filter')];
  const windows = windowsOfVolume(call, x.shape, filter.shape);
  const { depth, plane } = windows;
  const images = stackDepth(call, x, windows);
  const outputs = filter.shape[4] ?? 0;
  const shape = [images.shape[0] ?? 0, ...plane.outputSize, outputs];
  const inputs = [images, flattenFilter(call, filter)];
  const y = call.graph.node('Conv2D', inputs, attributesOf(plane), shape, 'float32');
  return call.graph.reshape(y, [x.shape[0] ?? 0, depth.size, ...plane.outputSize, outputs]);
}

/** `[batch, depth, height, width, channels]` -> `[batch * depth, height, width, channels]`. */
function imagesOf({ graph }: KernelCall, x: Value): Value {
  const [batch = 0, depth = 0, ...image] = x.shape;
  return graph.reshape(x, [batch * depth, ...image]);
}

function inputGradient(call: KernelCall): Value {
  const [dy, filter] = [call.input('dy'), call.input('filter')];
  const shape = call.numbers('inputShape');
  const windows = windowsOfVolume(call, shape, filter.shape);
  const [batch = 0, , height = 0, width = 0, channels = 0] = shape;
  const { depth, plane } = windows;
  const stackedShape = [batch * depth.size, height, width, depth.kernel * channels];
  const inputs = [imagesOf(call, dy), flattenFilter(call, filter)];
  const stacked = call.graph.node('Conv2DBackpropInput', inputs, attributesOf(plane), stackedShape, 'float32');
  return unstackDepth(call, stacked, shape, windows);
}

function filterGradient(call: KernelCall): Value {
  const { graph } = call;
  const [x, dy] = [call.input('x'), call.input('dy')];
  const [depth = 1, height = 1, width = 1, inputs = 1, outputs = 1] = call.numbers('filterShape');
  const windows = windowsOfVolume(call, x.shape, [depth, height, width]);
  const operands = [stackDepth(call, x, windows), imagesOf(call, dy)];
  const shape = [height, width, depth * inputs, outputs];
  const flat = graph.node('Conv2DBackpropFilter', operands, attributesOf(windows.plane), shape, 'float32');
  return graph.transpose(graph.reshape(flat, [height, width, depth, inputs, outputs]), [2, 0, 1, 3, 4]);
}

/** A pooling of volumes is one in the plane, then one along the depth. */
interface TwoSteps {
  readonly images: Value;
  readonly plane: Windows;
  /** Image of the second step: `[batch, depth, height * width, channels]`. */
  readonly columnsOf: (pooled: Value) => Value;
  readonly along: Windows;
  readonly pooledShape: Sizes;
}

function stepsOf(call: KernelCall, x: Value): TwoSteps {
  const { depth, plane } = windowsOfVolume(call, x.shape, call.triple('filterSize'));
  const [batch = 0, slices = 0, , , channels = 0] = x.shape;
  const places = plane.outputSize[0] * plane.outputSize[1];
  return {
    images: imagesOf(call, x),
    plane,
    pooledShape: [batch * slices, ...plane.outputSize, channels],
    columnsOf: (pooled) => call.graph.reshape(pooled, [batch, slices, places, channels]),
    along: {
      kernel: [depth.kernel, 1],
      strides: [depth.stride, 1],
      dilations: [1, 1],
      padding: [depth.before, 0, depth.after, 0],
      outputSize: [depth.size, places],
    },
  };
}

function pool(operation: 'MaxPool' | 'AvgPool') {
  return (call: KernelCall): Value => {
    const x = call.input('x');
    const { images, plane, columnsOf, along, pooledShape } = stepsOf(call, x);
    const pooled = call.graph.node(operation, [images], attributesOf(plane), pooledShape, x.dtype);
    const [batch = 0, , , , channels = 0] = x.shape;
    const shape = [batch, ...along.outputSize, channels];
    const whole = call.graph.node(operation, [columnsOf(pooled)], attributesOf(along), shape, x.dtype);
    return call.graph.reshape(whole, [batch, along.outputSize[0], ...plane.outputSize, channels]);
  };
}

type StepBack = (x: Value, dy: Value, windows: Windows) => Value;

function backThroughBoth(call: KernelCall, forward: 'MaxPool' | 'AvgPool', back: StepBack): Value {
  const { graph } = call;
  const [x, dy] = [call.input('input'), call.input('dy')];
  const { images, plane, columnsOf, along, pooledShape } = stepsOf(call, x);
  const columns = columnsOf(graph.node(forward, [images], attributesOf(plane), pooledShape, x.dtype));
  const [batch = 0, , , channels = 0] = columns.shape;
  const size: Pair = along.outputSize;
  const first = back(columns, graph.reshape(dy, [batch, ...size, channels]), along);
  return graph.reshape(back(images, graph.reshape(first, pooledShape), plane), x.shape);
}

export const volumeKernels: KernelTable = {
  AvgPool3D: pool('AvgPool'),
  AvgPool3DGrad: (call) =>
    backThroughBoth(call, 'AvgPool', (x, dy, windows) => averagePoolGradient(call.graph, x, dy, windows)),
  Conv3D: convolution,
  Conv3DBackpropFilterV2: filterGradient,
  Conv3DBackpropInputV2: inputGradient,
  MaxPool3D: pool('MaxPool'),
  MaxPool3DGrad: (call) =>
    backThroughBoth(call, 'MaxPool', (x, dy, windows) =>
      call.graph.node('MaxPoolGrad', [x, dy], attributesOf(windows), x.shape, x.dtype),
    ),
};
