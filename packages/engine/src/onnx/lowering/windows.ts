import type { Padding2D, Pair } from '../../graph/attributes.js';
import type { Emitter } from './emitter.js';
import type { Lowered } from './lowered.js';

/** Where one tap of a window reads: rows and columns of the padded image, every `strides`-th. */
export interface Tap {
  readonly padding: Padding2D;
  readonly offset: Pair;
  readonly size: Pair;
  readonly strides: Pair;
}

/** An NHWC image with zeros around it. */
function padded(emitter: Emitter, x: Lowered, padding: Padding2D): string {
  if (padding.every((extent) => extent === 0)) return x.name;
  const [top, left, bottom, right] = padding;
  return emitter.derive(x, `padded ${padding.join(',')}`, () =>
    emitter.emit('Pad', [x.name, emitter.integers([0, top, left, 0, 0, bottom, right, 0])]),
  );
}

/** The elements of an NHWC image that one tap of a window meets: `[batch, height, width, channels]`. */
export function tapOf(emitter: Emitter, x: Lowered, { padding, offset, size, strides }: Tap): string {
  const image = padded(emitter, x, padding);
  const whole =
    padding.every((extent) => extent === 0) &&
    strides[0] === 1 &&
    strides[1] === 1 &&
    size[0] === x.shape[1] &&
    size[1] === x.shape[2];
  if (whole) return image;
  const key = `tap ${[padding, offset, size, strides].join('/')}`;
  return emitter.derive(x, key, () => {
    const ends = [0, 1].map((axis) => (offset[axis] ?? 0) + ((size[axis] ?? 1) - 1) * (strides[axis] ?? 1) + 1);
    return emitter.emit('Slice', [image, ...[offset, ends, [1, 2], strides].map((list) => emitter.integers(list))]);
  });
}

/** Joins taps along the channels and flattens the places: `[batch * height * width, taps * channels]`. */
export function columnsOf(emitter: Emitter, taps: readonly string[], places: number, width: number): string {
  const [first = ''] = taps;
  const joined = taps.length === 1 ? first : emitter.emit('Concat', taps, { attributes: { axis: 3 } });
  return emitter.reshape(joined, [places, width]);
}

/** Row and column of every tap of a window, row by row. */
export function tapsOfWindow(kernel: Pair): readonly Pair[] {
  return Array.from({ length: kernel[0] * kernel[1] }, (_, index): Pair => [
    Math.floor(index / kernel[1]),
    index % kernel[1],
  ]);
}

/** All taps of a convolution over an NHWC image as one matrix, made once for the image. */
export function imageToColumns(
  emitter: Emitter,
  x: Lowered,
  window: { readonly kernel: Pair; readonly strides: Pair; readonly dilations: Pair; readonly padding: Padding2D },
  size: Pair,
): string {
  const { kernel, strides, dilations, padding } = window;
  const [batch = 0, , , channels = 0] = x.shape;
  const taps = tapsOfWindow(kernel);
  const key = `columns ${[kernel, strides, dilations, padding, size].join('/')}`;
  return emitter.derive(x, key, () => {
    const parts = taps.map(([row, column]) =>
      tapOf(emitter, x, { padding, offset: [row * dilations[0], column * dilations[1]], size, strides }),
    );
    return columnsOf(emitter, parts, batch * size[0] * size[1], taps.length * channels);
  });
}
