import type { RgbImage } from '@query2label/sdk';
import { CHANNELS } from './tables.js';

/** Fixed-point weights of red, green and blue in luma (ITU-R 601-2), 16 bits. */
const LUMA = [19595, 38470, 7471] as const;
/** Smoothing kernel: 5 in the middle, 1 around, divided by the sum. */
const MIDDLE = 5;
const KERNEL_SUM = 13;

/** Away from (above 1) or towards (below 1) a grey picture. */
export function enhanceColor(image: RgbImage, factor: number): RgbImage {
  return blend(image, factor, grey(image));
}

/** Away from or towards the mean grey. */
export function enhanceContrast(image: RgbImage, factor: number): RgbImage {
  const luma = grey(image);
  const total = luma.reduce((sum, value) => sum + value, 0);
  const mean = Math.trunc(total / luma.length + 0.5);
  return blend(image, factor, new Uint8Array(image.data.length).fill(mean));
}

/** Away from or towards black. */
export function enhanceBrightness(image: RgbImage, factor: number): RgbImage {
  return blend(image, factor, new Uint8Array(image.data.length));
}

/** Away from or towards a smoothed picture; the outermost pixels stay as they are. */
export function enhanceSharpness(image: RgbImage, factor: number): RgbImage {
  return blend(image, factor, smooth(image));
}

/** `base + factor * (image - base)` in single precision, cut to 0..255 as Pillow does. */
function blend({ data, height, width }: RgbImage, factor: number, base: Uint8Array): RgbImage {
  const scale = Math.fround(factor);
  const scaled = Float32Array.from({ length: 511 }, (_, index) => scale * (index - 255));
  const sum = new Float32Array(1);
  const result = new Uint8Array(data.length);
  for (let index = 0; index < data.length; index++) {
    sum[0] = base[index] + scaled[data[index] - base[index] + 255];
    const value = sum[0];
    result[index] = value <= 0 ? 0 : value >= 255 ? 255 : value;
  }
  return { height, width, data: result };
}

function grey({ data }: RgbImage): Uint8Array {
  const result = new Uint8Array(data.length);
  for (let index = 0; index < data.length; index += CHANNELS) {
    const luma = data[index] * LUMA[0] + data[index + 1] * LUMA[1] + data[index + 2] * LUMA[2];
    const value = (luma + 0x8000) >> 16;
    result[index] = value;
    result[index + 1] = value;
    result[index + 2] = value;
  }
  return result;
}

function smooth({ data, height, width }: RgbImage): Uint8Array {
  const result = data.slice();
  const stride = width * CHANNELS;
  for (let y = 1; y < height - 1; y++) {
    for (let index = y * stride + CHANNELS; index < (y + 1) * stride - CHANNELS; index++) {
      const above = data[index - stride - CHANNELS] + data[index - stride] + data[index - stride + CHANNELS];
      const beside = data[index - CHANNELS] + MIDDLE * data[index] + data[index + CHANNELS];
      const below = data[index + stride - CHANNELS] + data[index + stride] + data[index + stride + CHANNELS];
      result[index] = (above + beside + below) / KERNEL_SUM + 0.5;
    }
  }
  return result;
}
