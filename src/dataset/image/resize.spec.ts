import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { ImageSize, RgbImage } from '@query2label/sdk';
import { resizeAntialiased } from './resize.js';

/** A picture by formula: `(37 x + 91 y + 53 c + 7 x y) mod 256`. The same was fed to Pillow for the numbers below. */
function picture(width: number, height: number): RgbImage {
  const data = Uint8Array.from({ length: height * width * 3 }, (_, index) => {
    const [x, y, channel] = [Math.floor(index / 3) % width, Math.floor(index / 3 / width), index % 3];
    return (x * 37 + y * 91 + channel * 53 + x * y * 7) % 256;
  });
  return { width, height, data };
}

/** The triangle filter in floating point and in one step, straight from its definition; a second opinion. */
function referenceResize({ width, height, data }: RgbImage, size: ImageSize): Float64Array {
  const weightsFor = (from: number, to: number, position: number): number[] => {
    const scale = from / to;
    const support = Math.max(1, scale);
    const weights = Array.from({ length: from }, (_, source) =>
      Math.max(0, 1 - Math.abs(source + 0.5 - (position + 0.5) * scale) / support),
    );
    const total = weights.reduce((sum, weight) => sum + weight);
    return weights.map((weight) => weight / total);
  };
  const columns = Array.from({ length: size.width }, (_, x) => weightsFor(width, size.width, x));
  const rows = Array.from({ length: size.height }, (_, y) => weightsFor(height, size.height, y));
  const result = new Float64Array(size.height * size.width * 3);
  for (let index = 0; index < result.length; index++) {
    const [x, y] = [Math.floor(index / 3) % size.width, Math.floor(index / 3 / size.width)];
    rows[y].forEach((rowWeight, sourceY) => {
      if (rowWeight === 0) return;
      columns[x].forEach((weight, sourceX) => {
        result[index] += rowWeight * weight * data[(sourceY * width + sourceX) * 3 + (index % 3)];
      });
    });
  }
  return result;
}

function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

describe('resizeAntialiased', () => {
  it('reduces like Pillow 13 (Image.resize with BILINEAR)', () => {
    expect([...resizeAntialiased(picture(7, 5), { width: 3, height: 2 }).data]).toEqual([
      105, 133, 143, 125, 129, 144, 133, 134, 127, 124, 135, 130, 139, 140, 134, 151, 132, 125,
    ]);
  });

  it('enlarges like Pillow 13', () => {
    expect([...resizeAntialiased(picture(3, 2), { width: 5, height: 4 }).data]).toEqual([
      0, 53, 106, 15, 68, 121, 37, 90, 143, 59, 112, 165, 74, 127, 180, 23, 76, 129, 39, 92, 145, 62, 115, 168, 85, 138,
      152, 100, 153, 142, 68, 121, 174, 86, 139, 192, 111, 164, 217, 136, 189, 127, 153, 206, 67, 91, 144, 197, 109,
      162, 215, 135, 188, 241, 161, 214, 114, 179, 232, 29,
    ]);
  });

  it.each([
    [640, 427, 224, 224, '41654083a8de992804893d90c7ac15c28d03a1046d751d6b96ac6dc10cb12517'],
    [97, 61, 224, 160, '17d4eb7ab0bd3f0ec5294c6ce572526379b08a61d9b3b3434e66952449d1419e'],
    [500, 30, 16, 64, '7b31c5aeb243f25857cd12be8b98faafca867e021215091c6bc26df5bd826d81'],
    [33, 47, 33, 20, 'c897b6c46bd0d69b206ebde6b4d3583f13c818e730f38f95ecdad4c4b15649a0'],
  ])('has every byte of Pillow from %dx%d to %dx%d', (width, height, toWidth, toHeight, digest) => {
    const resized = resizeAntialiased(picture(width, height), { width: toWidth, height: toHeight });
    expect(sha256(resized.data)).toBe(digest);
  });

  it.each([
    [64, 48, 20, 20],
    [13, 90, 40, 9],
    [1, 300, 8, 8],
  ])('stays within 1/255 of the exact filter from %dx%d to %dx%d', (width, height, toWidth, toHeight) => {
    const size = { width: toWidth, height: toHeight };
    const exact = referenceResize(picture(width, height), size);
    const resized = resizeAntialiased(picture(width, height), size);
    expect([resized.width, resized.height, resized.data.length]).toEqual([toWidth, toHeight, exact.length]);
    const total = exact.reduce((sum, value, index) => sum + Math.abs(value - resized.data[index]), 0);
    expect(total / exact.length).toBeLessThan(1);
  });

  it('leaves its argument as it was', () => {
    const image = picture(9, 9);
    const before = sha256(image.data);
    resizeAntialiased(image, { width: 4, height: 4 });
    expect(sha256(image.data)).toBe(before);
  });
});
