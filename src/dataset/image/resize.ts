import type { ImageSize, RgbImage } from '@query2label/sdk';

/** Fraction bits of the fixed-point weights: 32 less 8 for the pixel and 2 to spare, as Pillow has it. */
const FRACTION_BITS = 22;
const HALF = 1 << (FRACTION_BITS - 1);
const CHANNELS = 3;

/** For each output position: where its window begins, how long it is, and its weights (`taps` apart). */
interface Windows {
  readonly taps: number;
  readonly start: Int32Array;
  readonly length: Int32Array;
  readonly weights: Int32Array;
}

/**
 * Squashes a picture to a size with the triangle filter that Pillow calls `BILINEAR`: the filter is widened by the factor of
 * reduction (antialiasing), the horizontal pass comes first, weights are 22-bit fixed point and the intermediate has 8 bits.
 * Given the same pixels the result is Pillow's, bit for bit.
 */
export function resizeAntialiased(image: RgbImage, size: ImageSize): RgbImage {
  const horizontal = image.width === size.width ? image : resizeRows(image, size.width);
  return horizontal.height === size.height ? horizontal : resizeColumns(horizontal, size.height);
}

function windowsOf(from: number, to: number): Windows {
  const scale = from / to;
  const support = Math.max(scale, 1);
  const taps = Math.ceil(support) * 2 + 1;
  const start = new Int32Array(to);
  const length = new Int32Array(to);
  const weights = new Int32Array(to * taps);
  for (let position = 0; position < to; position++) {
    const centre = (position + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const count = Math.min(from, Math.trunc(centre + support + 0.5)) - first;
    const exact = Array.from({ length: count }, (_, tap) =>
      Math.max(0, 1 - Math.abs((first + tap - centre + 0.5) / support)),
    );
    const total = exact.reduce((sum, weight) => sum + weight, 0);
    exact.forEach((weight, tap) => {
      weights[position * taps + tap] = Math.trunc(0.5 + (weight / total) * (1 << FRACTION_BITS));
    });
    start[position] = first;
    length[position] = count;
  }
  return { taps, start, length, weights };
}

/** `[height, width, 3]` -> `[height, to, 3]` */
function resizeRows({ data, height, width }: RgbImage, to: number): RgbImage {
  const { taps, start, length, weights } = windowsOf(width, to);
  const result = new Uint8Array(height * to * CHANNELS);
  let target = 0;
  for (let row = 0; row < height; row++) {
    const rowOffset = row * width * CHANNELS;
    for (let column = 0; column < to; column++) {
      const end = column * taps + length[column];
      let source = rowOffset + start[column] * CHANNELS;
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      for (let tap = column * taps; tap < end; tap++) {
        const weight = weights[tap];
        red = (red + data[source] * weight) | 0;
        green = (green + data[source + 1] * weight) | 0;
        blue = (blue + data[source + 2] * weight) | 0;
        source += CHANNELS;
      }
      result[target++] = clampedByte(red);
      result[target++] = clampedByte(green);
      result[target++] = clampedByte(blue);
    }
  }
  return { height, width: to, data: result };
}

/** `[height, width, 3]` -> `[to, width, 3]` */
function resizeColumns({ data, height, width }: RgbImage, to: number): RgbImage {
  const { taps, start, length, weights } = windowsOf(height, to);
  const stride = width * CHANNELS;
  const result = new Uint8Array(to * stride);
  const sums = new Int32Array(stride);
  for (let row = 0; row < to; row++) {
    sums.fill(HALF);
    for (let tap = 0; tap < length[row]; tap++) {
      const weight = weights[row * taps + tap];
      const source = (start[row] + tap) * stride;
      for (let offset = 0; offset < stride; offset++) {
        sums[offset] += data[source + offset] * weight;
      }
    }
    const target = row * stride;
    for (let offset = 0; offset < stride; offset++) {
      result[target + offset] = clampedByte(sums[offset]);
    }
  }
  return { height: to, width, data: result };
}

/** The weights of a window may add up to a little more than one, so the sum may pass 255. */
function clampedByte(sum: number): number {
  const value = sum >> FRACTION_BITS;
  return value > 255 ? 255 : value < 0 ? 0 : value;
}
