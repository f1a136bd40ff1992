import type { GraphBuilder } from '../../graph/graph-builder.js';
import type { Value } from '../../graph/value.js';
import { rotationSources } from '../../rotation.js';
import { sizeOf } from '../../tensor-value.js';
import type { KernelCall, KernelTable } from '../kernel-call.js';
import { binary, select, unary } from './elementwise.js';
import { sliceAxis } from './shape.js';

/** Elements of `[places, channels]` rows: all pixels of all images. */
function pixelsOf(graph: GraphBuilder, images: Value): Value {
  const channels = images.shape[3] ?? 0;
  return graph.reshape(images, [sizeOf(images.shape.slice(0, 3)), channels]);
}

/** The angle is a number of the program, so that the source of each pixel is known: a table. */
function rotate(call: KernelCall): Value {
  const { graph } = call;
  const image = call.input('image');
  const [batch = 0, height = 0, width = 0, channels = 0] = image.shape;
  const sources = rotationSources(call, image.shape);
  const inside = graph.literal(
    Uint8Array.from(sources, (source) => Number(source >= 0)),
    [height, width, 1],
    'bool',
  );
  const table = graph.literal(
    Int32Array.from(sources, (source) => Math.max(0, source)),
    [height * width],
    'int32',
  );
  const pixels = graph.reshape(image, [batch, height * width, channels]);
  const turned = graph.node('Gather', [pixels, table], { axis: 1, batchDimensions: 0 }, pixels.shape, image.dtype);
  return select(graph, inside, graph.reshape(turned, image.shape), fillOf(call, channels));
}

/** One number, or one for each channel, of which the fourth is opaque. */
function fillOf(call: KernelCall, channels: number): Value {
  const fill = call.numbers('fillValue');
  const constant = typeof call.raw('fillValue') === 'number';
  const values = Float32Array.from({ length: channels }, (_, channel) =>
    constant ? (fill[0] ?? 0) : channel === 3 ? 255 : (fill[channel] ?? 0),
  );
  return call.graph.literal(values, [channels], 'float32');
}

/** Places along one axis that crops take, and whether they lie on the image. */
interface Places {
  /** float32 `[boxes, crop]`. */
  readonly position: Value;
  readonly inside: Value;
  readonly length: number;
}

/** From the first side of each box to the second in equal steps; the middle for a crop of one. */
function placesOf(graph: GraphBuilder, first: Value, second: Value, length: number, crop: number): Places {
  const number = (value: number) => graph.splat(value, [], 'float32');
  const last = number(length - 1);
  const steps = graph.literal(
    Float32Array.from({ length: crop }, (_, index) => index),
    [1, crop],
    'float32',
  );
  const position =
    crop > 1
      ? binary(
          graph,
          'Add',
          binary(graph, 'Multiply', first, last),
          binary(graph, 'Multiply', steps, stepOf(graph, first, second, length, crop)),
        )
      : binary(graph, 'Multiply', binary(graph, 'Multiply', binary(graph, 'Add', first, second), number(0.5)), last);
  const inside = binary(
    graph,
    'LogicalAnd',
    binary(graph, 'GreaterEqual', position, number(0)),
    binary(graph, 'LessEqual', position, last),
  );
  return { position, inside, length };
}

function stepOf(graph: GraphBuilder, first: Value, second: Value, length: number, crop: number): Value {
  const span = binary(graph, 'Multiply', binary(graph, 'Sub', second, first), graph.splat(length - 1, [], 'float32'));
  return binary(graph, 'RealDiv', span, graph.splat(crop - 1, [], 'float32'));
}

/** Crops boxes out of images; the boxes may be computed, the size of the crops is fixed. */
function cropAndResize(call: KernelCall): Value {
  const { graph } = call;
  const [image, boxes, owner] = [call.input('image'), call.input('boxes'), call.input('boxInd')];
  const [batch = 0, height = 0, width = 0, channels = 0] = image.shape;
  const count = boxes.shape[0] ?? 0;
  const [rows, columns] = call.pair('cropSize');
  const side = (position: number) => sliceAxis(graph, boxes, 1, position, 1);
  const vertical = placesOf(graph, side(0), side(2), height, rows);
  const horizontal = placesOf(graph, side(1), side(3), width, columns);
  const whole = (value: Value) => graph.cast(value, 'int32');
  const known = binary(graph, 'Less', whole(owner), graph.splat(batch, [], 'int32'));
  const images = select(graph, known, whole(owner), graph.splat(0, [], 'int32'));
  const pixels = pixelsOf(graph, graph.cast(image, 'float32'));
  const clip = (x: Value, length: number) =>
    graph.node('ClipByValue', [x], { minimum: 0, maximum: length - 1 }, x.shape, x.dtype);
  const at = (y: Value, x: Value): Value => {
    const factor = (value: number) => graph.splat(value, [], 'int32');
    const row = binary(
      graph,
      'Add',
      binary(graph, 'Multiply', graph.reshape(images, [count, 1]), factor(height)),
      whole(clip(y, height)),
    );
    const place = binary(
      graph,
      'Add',
      binary(graph, 'Multiply', graph.reshape(row, [count, rows, 1]), factor(width)),
      graph.reshape(whole(clip(x, width)), [count, 1, columns]),
    );
    const shape = [count, rows, columns, channels];
    return graph.node('Gather', [pixels, place], { axis: 0, batchDimensions: 0 }, shape, 'float32');
  };
  const picked =
    call.text('method') === 'nearest'
      ? nearest(graph, vertical, horizontal, at)
      : mixed(graph, vertical, horizontal, at);
  const inside = binary(
    graph,
    'LogicalAnd',
    graph.reshape(vertical.inside, [count, rows, 1, 1]),
    graph.reshape(horizontal.inside, [count, 1, columns, 1]),
  );
  const cropped = select(graph, inside, picked, graph.splat(call.number('extrapolationValue', 0), [], 'float32'));
  return select(graph, graph.reshape(known, [count, 1, 1, 1]), cropped, graph.splat(0, [], 'float32'));
}

type PixelsAt = (y: Value, x: Value) => Value;

/** The nearest pixel; halves go up, as JavaScript rounds. */
function nearest(graph: GraphBuilder, vertical: Places, horizontal: Places, at: PixelsAt): Value {
  const round = (x: Value) => unary(graph, 'Floor', binary(graph, 'Add', x, graph.splat(0.5, [], 'float32')));
  return at(round(vertical.position), round(horizontal.position));
}

/** The four pixels around each place, weighed by nearness. */
function mixed(graph: GraphBuilder, vertical: Places, horizontal: Places, at: PixelsAt): Value {
  const [top, bottom] = [unary(graph, 'Floor', vertical.position), unary(graph, 'Ceil', vertical.position)];
  const [left, right] = [unary(graph, 'Floor', horizontal.position), unary(graph, 'Ceil', horizontal.position)];
  const [count = 0, rows = 0] = top.shape;
  const columns = left.shape[1] ?? 0;
  const down = graph.reshape(binary(graph, 'Sub', vertical.position, top), [count, rows, 1, 1]);
  const across = graph.reshape(binary(graph, 'Sub', horizontal.position, left), [count, 1, columns, 1]);
  const between = (a: Value, b: Value, share: Value) =>
    binary(graph, 'Add', a, binary(graph, 'Multiply', binary(graph, 'Sub', b, a), share));
  return between(
    between(at(top, left), at(top, right), across),
    between(at(bottom, left), at(bottom, right), across),
    down,
  );
}

export const samplingKernels: KernelTable = {
  CropAndResize: cropAndResize,
  RotateWithOffset: rotate,
};
