import type { NodeOf } from '../../graph/value.js';
import type { LoweringContext, LoweringTable } from './context.js';
import { inputAt } from './context.js';
import { windowAttributes } from './convolution.js';
import { fresh } from './elementwise.js';
import type { Emitter } from './emitter.js';
import type { Layout } from './layout.js';
import { CHANNELS_FIRST } from './layout.js';
import type { Lowered } from './lowered.js';
import { lowered } from './lowered.js';
import { tapOf, tapsOfWindow } from './windows.js';

/** `[height, width, channels, multiplier]` held as `[channels, multiplier, height, width]`. */
const CHANNELS_AND_MULTIPLIER_FIRST: Layout = [2, 3, 0, 1];

/** The filter as ONNX wants it: `[channels * multiplier, 1, height, width]`. */
function groupedFilter(emitter: Emitter, filter: Lowered): string {
  const [height = 1, width = 1, channels = 1, multiplier = 1] = filter.shape;
  const moved = emitter.physical(filter, CHANNELS_AND_MULTIPLIER_FIRST);
  return emitter.derive(moved, 'grouped', () => emitter.reshape(moved.name, [channels * multiplier, 1, height, width]));
}

function forward(node: NodeOf<'DepthwiseConv2D'>, { emitter, get }: LoweringContext): Lowered {
  const x = emitter.physical(get(inputAt(node, 0)), CHANNELS_FIRST);
  const filter = get(inputAt(node, 1));
  const attributes = { ...windowAttributes(node.attributes), group: filter.shape[2] ?? 1 };
  const name = emitter.emit('Conv', [x.name, groupedFilter(emitter, filter)], { attributes });
  return lowered(name, node.shape, 'float32', { layout: CHANNELS_FIRST });
}

function inputGradient(node: NodeOf<'DepthwiseConv2DBackpropInput'>, { emitter, get }: LoweringContext): Lowered {
  const dy = emitter.physical(get(inputAt(node, 0)), CHANNELS_FIRST);
  const filter = get(inputAt(node, 1));
  const { kernel, strides, dilations, padding } = node.attributes;
  const size = [node.shape[1] ?? 0, node.shape[2] ?? 0];
  const reach = [0, 1].map((axis) => ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1);
  // What the transposed convolution yields beyond the size wanted is cut off, by padding; what it lacks is added.
  const ends = [0, 1].map((axis) => {
    const covered = ((dy.shape[axis + 1] ?? 0) - 1) * (strides[axis] ?? 1) + (reach[axis] ?? 1);
    return covered - (padding[axis] ?? 0) - (size[axis] ?? 0);
  });
  // No window reaches the image along an axis: all of them lie on its border. ONNX Runtime refuses to yield nothing.
  const reached = ends.every((extent, axis) => (size[axis] ?? 0) + Math.min(0, extent) > 0);
  if (!reached) return emitter.splat(0, node.shape, 'float32');
  const attributes = {
    group: filter.shape[2] ?? 1,
    kernel_shape: kernel,
    strides,
    dilations,
    pads: [padding[0], padding[1], ...ends.map((extent) => Math.max(0, extent))],
  };
  const name = emitter.emit('ConvTranspose', [dy.name, groupedFilter(emitter, filter)], { attributes });
  const missing = ends.map((extent) => Math.max(0, -extent));
  const [bottom = 0, right = 0] = missing;
  const whole =
    bottom === 0 && right === 0
      ? name
      : emitter.emit('Pad', [name, emitter.integers([0, 0, 0, 0, 0, 0, bottom, right])]);
  return lowered(whole, node.shape, 'float32', { layout: CHANNELS_FIRST });
}

/** For each tap, the sum over batch and places of the image under the tap times dy. */
function filterGradient(node: NodeOf<'DepthwiseConv2DBackpropFilter'>, { emitter, get }: LoweringContext): Lowered {
  const x = emitter.canonical(get(inputAt(node, 0)));
  const dy = emitter.canonical(get(inputAt(node, 1)));
  const { kernel, strides, dilations, padding } = node.attributes;
  const [height = 1, width = 1, channels = 1, multiplier = 1] = node.shape;
  const [batch = 0, rows = 0, columns = 0] = dy.shape;
  // [batch, rows, columns, channels * multiplier] -> [..., channels, multiplier]
  const gradient = emitter.reshape(dy.name, [batch, rows, columns, channels, multiplier]);
  const sums = tapsOfWindow(kernel).map(([row, column]) => {
    const tap = tapOf(emitter, x, {
      padding,
      offset: [row * dilations[0], column * dilations[1]],
      size: [rows, columns],
      strides,
    });
    const product = emitter.emit('Mul', [emitter.reshape(tap, [batch, rows, columns, channels, 1]), gradient]);
    const sum = emitter.emit('ReduceSum', [product, emitter.integers([0, 1, 2])], { attributes: { keepdims: 0 } });
    return emitter.reshape(sum, [1, channels, multiplier]);
  });
  const joined = sums.length === 1 ? (sums[0] ?? '') : emitter.emit('Concat', sums, { attributes: { axis: 0 } });
  return fresh(emitter.reshape(joined, [height, width, channels, multiplier]), node);
}

type DepthwiseOperation = 'DepthwiseConv2D' | 'DepthwiseConv2DBackpropFilter' | 'DepthwiseConv2DBackpropInput';

export const depthwiseLowerings: LoweringTable<DepthwiseOperation> = {
  DepthwiseConv2D: forward,
  DepthwiseConv2DBackpropFilter: filterGradient,
  DepthwiseConv2DBackpropInput: inputGradient,
};
