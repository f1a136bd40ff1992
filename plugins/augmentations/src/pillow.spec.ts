import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { HostRandom, RgbImage } from '@query2label/sdk';
import { warpBicubic } from './pixels/affine.js';
import { enhanceBrightness, enhanceColor, enhanceContrast, enhanceSharpness } from './pixels/enhance.js';
import { posterize } from './pixels/tone.js';
import { OPERATIONS } from './rand-augment/operations.js';

/** A picture by formula, 24 x 16; Pillow 13 was given the same one for the digests below. */
function picture(): RgbImage {
  const [width, height] = [24, 16];
  const data = Uint8Array.from({ length: height * width * 3 }, (_, index) => {
    const [x, y, channel] = [Math.floor(index / 3) % width, Math.floor(index / 3 / width), index % 3];
    return ((x * 37 + y * 91 + channel * 53 + x * y * 7) % 200) + 20;
  });
  return { width, height, data };
}

function digest({ data }: RgbImage): string {
  return createHash('sha256').update(data).digest('hex').slice(0, 16);
}

const plus: HostRandom = { uniform: () => 0, integer: () => 1 };
const minus: HostRandom = { uniform: () => 0, integer: () => 0 };

describe('operations have every byte of Pillow 13', () => {
  it.each([
    ['AutoContrast', 1, plus, '534c9f046776697a'],
    ['Equalize', 1, plus, '4eeca1a572b076ac'],
    ['Invert', 1, plus, '58c18090f334b8d4'],
    ['Solarize', 5 / 9, plus, '6b08b31a70152352'],
    ['TranslateX', 5 / 9, plus, 'e27491c86409f1db'],
    ['TranslateY', 5 / 9, minus, '2a8433c231241a0a'],
    ['Rotate', 5 / 9, plus, '0dd5bf8665f4e71c'],
  ])('%s', (name, level, random, expected) => {
    expect(digest(OPERATIONS[name](picture(), level, random))).toBe(expected);
  });

  it.each([
    ['Color 1.5', (image: RgbImage) => enhanceColor(image, 1.5), 'eac926d5db3f434e'],
    ['Color 0.3', (image: RgbImage) => enhanceColor(image, 0.3), '564e7a59ce894f20'],
    ['Contrast 1.5', (image: RgbImage) => enhanceContrast(image, 1.5), '1969d3a1fe113753'],
    ['Contrast 0.3', (image: RgbImage) => enhanceContrast(image, 0.3), '3d6cd7a150eda1b2'],
    ['Brightness 1.5', (image: RgbImage) => enhanceBrightness(image, 1.5), 'f3bba7b4972419e4'],
    ['Brightness 0.3', (image: RgbImage) => enhanceBrightness(image, 0.3), 'c3095e670c2d4038'],
    ['Sharpness 1.5', (image: RgbImage) => enhanceSharpness(image, 1.5), 'b558b43b5f7909be'],
    ['Sharpness 0.3', (image: RgbImage) => enhanceSharpness(image, 0.3), '46ff0710c5e30fa0'],
    ['ShearX 0.2', (image: RgbImage) => warpBicubic(image, [1, 0.2, 0, 0, 1, 0]), '02da8de540659cff'],
    ['ShearY -0.2', (image: RgbImage) => warpBicubic(image, [1, 0, 0, -0.2, 1, 0]), 'b79ebebecf062130'],
    ['Posterize 5 bits', (image: RgbImage) => posterize(image, 5), 'b6354e7440ccf453'],
  ])('%s', (_name, operation, expected) => {
    expect(digest(operation(picture()))).toBe(expected);
  });
});
