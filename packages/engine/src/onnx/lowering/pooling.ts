import type { NodeOf } from '../../graph/value.js';
import { sizeOf } from '../../tensor-value.js';
import type { LoweringContext, LoweringTable } from './context.js';
import { inputAt } from './context.js';
import { windowAttributes } from './convolution.js';
import { broadcast, castName, castTo, fresh } from './elementwise.js';
import { CHANNELS_FIRST } from './layout.js';
import type { Lowered } from './lowered.js';
import { lowered } from './lowered.js';
import { tapOf, tapsOfWindow } from './windows.js';

/** Positions of the maxima in the NCHW image, as ONNX counts them; int64. */
function maxima(node: NodeOf<'MaxPoolGrad' | 'MaxPoolPositions'>, x: Lowered, { emitter }: LoweringContext): string {
  const attributes = windowAttributes(node.attributes);
  return emitter.derive(x, `maxima ${JSON.stringify(attributes)}`, () => {
    const [, positions = ''] = emitter.emitMany('MaxPool', [x.name], 2, { attributes });
    return positions;
  });
}

/** Adds each dy to the place its window's maximum came from. */
function maxPoolGradient(node: NodeOf<'MaxPoolGrad'>, context: LoweringContext): Lowered {
  const { emitter, get } = context;
  const x = emitter.physical(get(inputAt(node, 0)), CHANNELS_FIRST);
  const dy = emitter.physical(get(inputAt(node, 1)), CHANNELS_FIRST);
  const places = emitter.reshape(maxima(node, x, context), [-1]);
  const zeros = emitter.emit('Expand', [emitter.float(0), emitter.integers([sizeOf(node.shape)])]);
  const updates = emitter.reshape(dy.name, [-1]);
  const attributes = { axis: 0, reduction: 'add' };
  const sums = emitter.emit('ScatterElements', [zeros, places, updates], { attributes });
  return lowered(emitter.reshape(sums, x.dims), node.shape, 'float32', { layout: CHANNELS_FIRST });
}

/**
 * Spreads each dy over its window, divided by the whole window, also where it lies partly outside.
 * Computed as an average pooling of dy with zeros between its elements.
 */
function averagePoolGradient(node: NodeOf<'AvgPoolGrad'>, { emitter, get }: LoweringContext): Lowered {
  const dy = emitter.physical(get(inputAt(node, 1)), CHANNELS_FIRST);
  const { kernel, strides, padding } = node.attributes;
  const [batch = 0, channels = 0, rows = 0, columns = 0] = dy.dims;
  // [b, c, h, w] -> [b, c, h, 1, w, 1] -> zeros behind each element -> [b, c, h * stride, w * stride]
  const apart = emitter.reshape(dy.name, [batch, channels, rows, 1, columns, 1]);
  const sides = [0, 0, 0, 0, 0, 0, 0, 0, 0, strides[0] - 1, 0, strides[1] - 1];
  const spread = strides[0] * strides[1] === 1 ? apart : emitter.emit('Pad', [apart, emitter.integers(sides)]);
  const image = emitter.reshape(spread, [batch, channels, rows * strides[0], columns * strides[1]]);
  const before = [0, 1].map((axis) => (kernel[axis] ?? 1) - 1 - (padding[axis] ?? 0));
  const after = [0, 1].map(
    (axis) => (node.shape[axis + 1] ?? 0) + (padding[axis] ?? 0) - ([rows, columns][axis] ?? 0) * (strides[axis] ?? 1),
  );
  const frame = [0, 0, ...before, 0, 0, ...after];
  const framed = frame.every((extent) => extent === 0) ? image : emitter.emit('Pad', [image, emitter.integers(frame)]);
  const name = emitter.emit('AveragePool', [framed], { attributes: { kernel_shape: kernel, strides: [1, 1] } });
  return lowered(name, node.shape, 'float32', { layout: CHANNELS_FIRST });
}

const pool =
  (operator: 'MaxPool' | 'AveragePool') =>
  (node: NodeOf<'MaxPool' | 'AvgPool'>, { emitter, get }: LoweringContext): Lowered => {
    const x = emitter.physical(castTo(emitter, get(inputAt(node, 0)), 'float32'), CHANNELS_FIRST);
    const name = emitter.emit(operator, [x.name], { attributes: windowAttributes(node.attributes) });
    return castTo(emitter, lowered(name, node.shape, 'float32', { layout: CHANNELS_FIRST }), node.dtype);
  };

/** From places in `[batch, channels, height, width]` to places in `[height, width, channels]`. */
function maxPoolPositions(node: NodeOf<'MaxPoolPositions'>, context: LoweringContext): Lowered {
  const { emitter, get } = context;
  const x = emitter.physical(castTo(emitter, get(inputAt(node, 0)), 'float32'), CHANNELS_FIRST);
  const [, channels = 1, height = 1, width = 1] = x.dims;
  const places = castName(emitter, maxima(node, x, context), 'int32');
  const inImage = emitter.emit('Mod', [places, emitter.number('int32', height * width)]);
  const scaled = emitter.emit('Mul', [inImage, emitter.number('int32', channels)]);
  const channel = Int32Array.from({ length: channels }, (_, index) => index);
  const name = emitter.emit('Add', [scaled, emitter.constant('int32', [channels, 1, 1], channel)]);
  return lowered(name, node.shape, 'int32', { layout: CHANNELS_FIRST });
}

/** The largest of image plus filter under each tap. */
function dilation(node: NodeOf<'Dilation2D'>, { emitter, get }: LoweringContext): Lowered {
  const x = emitter.canonical(get(inputAt(node, 0)));
  const filter = emitter.canonical(get(inputAt(node, 1)));
  const { kernel, strides, dilations, padding } = node.attributes;
  const outside = emitter.float(-3.4028234663852886e38);
  const [top, left, bottom, right] = padding;
  const sides = emitter.integers([0, top, left, 0, 0, bottom, right, 0]);
  const image = lowered(
    emitter.emit('Pad', [x.name, sides, outside]),
    [x.shape[0] ?? 0, (x.shape[1] ?? 0) + top + bottom, (x.shape[2] ?? 0) + left + right, x.shape[3] ?? 0],
    'float32',
  );
  const size = [node.shape[1] ?? 0, node.shape[2] ?? 0] as const;
  const sums = tapsOfWindow(kernel).map(([row, column]) => {
    const offset = [row * dilations[0], column * dilations[1]] as const;
    const tap = tapOf(emitter, image, { padding: [0, 0, 0, 0], offset, size, strides });
    const weight = emitter.emit('Gather', [
      emitter.reshape(filter.name, [kernel[0] * kernel[1], filter.shape[2] ?? 1]),
      emitter.integer(row * kernel[1] + column),
    ]);
    return broadcast(
      emitter,
      'Add',
      [fresh(tap, node), lowered(weight, [filter.shape[2] ?? 1], 'float32')],
      node.shape,
      'float32',
    ).name;
  });
  return fresh(emitter.emit('Max', sums), node);
}

type PoolOperation = 'AvgPool' | 'AvgPoolGrad' | 'Dilation2D' | 'MaxPool' | 'MaxPoolGrad' | 'MaxPoolPositions';

export const poolingLowerings: LoweringTable<PoolOperation> = {
  AvgPool: pool('AveragePool'),
  AvgPoolGrad: averagePoolGradient,
  Dilation2D: dilation,
  MaxPool: pool('MaxPool'),
  MaxPoolGrad: maxPoolGradient,
  MaxPoolPositions: maxPoolPositions,
};
