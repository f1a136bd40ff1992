import type { ConvolutionAttributes, Pair } from '../../graph/attributes.js';
import type { Emitter } from './emitter.js';
import type { Lowered } from './lowered.js';
import { lowered } from './lowered.js';

/** Channels up to which a tap of every second column is too small to be copied well. */
const FEW_CHANNELS = 4;
const PAIR = 2;

/**
 * A convolution that steps over every second column of a picture with few channels, seen on the same memory with two
 * columns as one of twice the channels: its taps are then half as many, twice as long, and lie side by side.
 */
export interface PairedColumns {
  /** `[batch, padded height, padded width / 2, 2 * channels]` */
  readonly x: Lowered;
  readonly window: ConvolutionAttributes;
  /** HWIO filter `[height, width, in, out]` -> matrix `[height * pairs * 2 * in, out]`, zeros where the last pair reaches too far. */
  filterMatrix(filter: Lowered): string;
  /** The inverse for a gradient: matrix -> `[height, width, in, out]`. */
  filterOf(matrix: string, shape: readonly number[]): string;
}

/** The paired view of a convolution, where it helps. @param size `[height, width]` of the convolution's output */
export function pairColumns(
  emitter: Emitter,
  x: Lowered,
  window: ConvolutionAttributes,
  size: Pair,
): PairedColumns | undefined {
  const { kernel, strides, dilations } = window;
  const [, , , channels = 0] = x.shape;
  if (strides[1] !== PAIR || dilations[1] !== 1 || kernel[1] < 3 || channels > FEW_CHANNELS) return undefined;
  const pairs = Math.ceil(kernel[1] / PAIR);
  const missing = pairs * PAIR - kernel[1];
  return {
    x: pairedImage(emitter, x, window, PAIR * (size[1] + pairs - 1)),
    window: { ...window, kernel: [kernel[0], pairs], strides: [strides[0], 1], padding: [0, 0, 0, 0] },
    filterMatrix: (filter) =>
      emitter.derive(filter, 'paired matrix', () => {
        const [height = 1, , inputs = 1, outputs = 1] = filter.shape;
        const whole = missing === 0 ? filter.name : emitter.emit('Pad', [filter.name, padAfter(emitter, missing)]);
        return emitter.reshape(whole, [height * pairs * PAIR * inputs, outputs]);
      }),
    filterOf: (matrix, [height = 1, width = 1, inputs = 1, outputs = 1]) => {
      const whole = emitter.reshape(matrix, [height, pairs * PAIR, inputs, outputs]);
      if (missing === 0) return whole;
      return emitter.emit('Slice', [whole, ...[[0], [width], [1]].map((list) => emitter.integers(list))]);
    },
  };
}

/** Padding of an HWIO filter by columns behind its last one. */
function padAfter(emitter: Emitter, columns: number): string {
  return emitter.integers([0, 0, 0, 0, 0, columns, 0, 0]);
}

/** The padded picture with at least `width` columns, two as one. */
function pairedImage(emitter: Emitter, x: Lowered, { padding }: ConvolutionAttributes, width: number): Lowered {
  const [batch = 0, height = 0, columns = 0, channels = 0] = x.shape;
  const [top, left, bottom, right] = padding;
  const padded = Math.max(left + columns + right, width);
  const even = padded + (padded % PAIR);
  const key = `paired ${padding.join(',')} ${even}`;
  const known = x.forms.get(key);
  if (known !== undefined) return known;
  const after = even - columns - left;
  const extents = [0, top, left, 0, 0, bottom, after, 0];
  const whole = extents.every((extent) => extent === 0)
    ? x.name
    : emitter.emit('Pad', [x.name, emitter.integers(extents)]);
  const shape = [batch, top + height + bottom, even / PAIR, PAIR * channels];
  // [batch, height, width, channels] -> [batch, height, width / 2, 2 * channels]
  const form = lowered(emitter.reshape(whole, shape), shape, x.dtype);
  x.forms.set(key, form);
  return form;
}
