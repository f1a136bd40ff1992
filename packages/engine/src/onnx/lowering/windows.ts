import type { Padding2D, Pair } from '../../graph/attributes.js';
import type { Emitter } from './emitter.js';
import type { Tap } from './tap.js';
import { gatherTaps, isForIndices } from './indexed-taps.js';
import type { Lowered } from './lowered.js';

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

/** Taps of one size side by side, a row for each place: `[batch * height * width, taps * channels]`. */
export function matrixOfTaps(emitter: Emitter, x: Lowered, taps: readonly Tap[]): string {
  const [first] = taps;
  const [batch = 0, , , channels = 0] = x.shape;
  const places = batch * (first?.size[0] ?? 0) * (first?.size[1] ?? 0);
  const joined = isForIndices(emitter, taps.length, channels)
    ? gatherTaps(emitter, x, taps)
    : joinTaps(
        emitter,
        taps.map((tap) => tapOf(emitter, x, tap)),
      );
  return emitter.reshape(joined, [places, taps.length * channels]);
}

function joinTaps(emitter: Emitter, taps: readonly string[]): string {
  const [first = ''] = taps;
  return taps.length === 1 ? first : emitter.emit('Concat', taps, { attributes: { axis: 3 } });
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
  const key = `columns ${[kernel, strides, dilations, padding, size].join('/')}`;
  return emitter.derive(x, key, () => {
    const taps = tapsOfWindow(kernel).map(([row, column]): Tap => ({
      padding,
      offset: [row * dilations[0], column * dilations[1]],
      size,
      strides,
    }));
    return matrixOfTaps(emitter, x, taps);
  });
}
