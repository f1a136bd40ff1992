import type { RgbImage } from '@query2label/sdk';
import { CHANNELS } from './tables.js';

/** Source of a target pixel: `(a x + b y + c, d x + e y + f)`. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** Colour of what comes from outside the picture, in all channels. */
export const OUTSIDE = 128;
const FIXED = 65536;
const { floor } = Math;
/** Pixels in a row, and rows, that a cubic looks at. */
const TAPS = 4;

/**
 * Warps with the nearest pixel, in 16-bit fixed point as Pillow does.
 * @param image `[height, width, 3]`
 */
export function warpNearest({ data, height, width }: RgbImage, matrix: Affine): RgbImage {
  const [a, b, c, d, e, f] = matrix;
  const fix = (value: number): number => Math.floor(value * FIXED + 0.5);
  const result = new Uint8Array(data.length).fill(OUTSIDE);
  let rowX = fix(c + a * 0.5 + b * 0.5);
  let rowY = fix(f + d * 0.5 + e * 0.5);
  const [stepX, stepY] = [fix(a), fix(d)];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sourceX = (rowX + x * stepX) >> 16;
      const sourceY = (rowY + x * stepY) >> 16;
      if (sourceX < 0 || sourceX >= width || sourceY < 0 || sourceY >= height) continue;
      copyPixel(data, (sourceY * width + sourceX) * CHANNELS, result, (y * width + x) * CHANNELS);
    }
    rowX += fix(b);
    rowY += fix(e);
  }
  return { height, width, data: result };
}

/** Moves the picture by a number of pixels, which may be broken: the nearest pixel is taken. */
export function translate({ data, height, width }: RgbImage, right: number, down: number): RgbImage {
  const result = new Uint8Array(data.length).fill(OUTSIDE);
  const columns = Int32Array.from({ length: width }, (_, x) => Math.floor(x + 0.5 + right));
  for (let y = 0; y < height; y++) {
    const sourceY = Math.floor(y + 0.5 + down);
    if (sourceY < 0 || sourceY >= height) continue;
    for (let x = 0; x < width; x++) {
      const sourceX = columns[x];
      if (sourceX < 0 || sourceX >= width) continue;
      copyPixel(data, (sourceY * width + sourceX) * CHANNELS, result, (y * width + x) * CHANNELS);
    }
  }
  return { height, width, data: result };
}

/** Warps with a cubic of 4 x 4 pixels; those beyond the border repeat the border. */
export function warpBicubic({ data, height, width }: RgbImage, matrix: Affine): RgbImage {
  const [a, b, c, d, e, f] = matrix;
  const result = new Uint8Array(data.length).fill(OUTSIDE);
  /** Offsets in the data of the four columns and of the four rows around a place. */
  const columns = new Int32Array(TAPS);
  const rows = new Int32Array(TAPS);
  const values = new Float64Array(TAPS);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sourceX = a * (x + 0.5) + b * (y + 0.5) + c;
      const sourceY = d * (x + 0.5) + e * (y + 0.5) + f;
      if (sourceX < 0 || sourceX >= width || sourceY < 0 || sourceY >= height) continue;
      const left = floor(sourceX - 0.5);
      const top = floor(sourceY - 0.5);
      for (let tap = 0; tap < TAPS; tap++) {
        columns[tap] = clamp(left - 1 + tap, width) * CHANNELS;
        rows[tap] = clamp(top - 1 + tap, height) * width * CHANNELS;
      }
      const target = (y * width + x) * CHANNELS;
      for (let channel = 0; channel < CHANNELS; channel++) {
        for (let tap = 0; tap < TAPS; tap++) {
          const row = rows[tap] + channel;
          const first = data[row + columns[0]];
          const second = data[row + columns[1]];
          values[tap] = cubic(first, second, data[row + columns[2]], data[row + columns[3]], sourceX - 0.5 - left);
        }
        const value = cubic(values[0], values[1], values[2], values[3], sourceY - 0.5 - top);
        result[target + channel] = value <= 0 ? 0 : value >= 255 ? 255 : value;
      }
    }
  }
  return { height, width, data: result };
}

/** Cubic convolution (parameter -1) between the second and the third of four values. */
function cubic(first: number, second: number, third: number, fourth: number, part: number): number {
  const square = 2 * (first - second) + third - fourth;
  const cube = -first + second - third + fourth;
  return second + part * (-first + third + part * (square + part * cube));
}

function clamp(position: number, size: number): number {
  return position < 0 ? 0 : position >= size ? size - 1 : position;
}

function copyPixel(from: Uint8Array, source: number, to: Uint8Array, target: number): void {
  to[target] = from[source];
  to[target + 1] = from[source + 1];
  to[target + 2] = from[source + 2];
}
