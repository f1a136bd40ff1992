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
    ['AutoContrast', 9, plus, '534c9f046776697a'],
    ['Equalize', 9, plus, '4eeca1a572b076ac'],
    ['Invert', 9, plus, '58c18090f334b8d4'],
    ['Solarize', 5, plus, '6b08b31a70152352'],
    ['TranslateX', 5, plus, 'e27491c86409f1db'],
    ['TranslateY', 5, minus, '2a8433c231241a0a'],
    ['Rotate', 5, plus, '0dd5bf8665f4e71c'],
  ])('%s', (name, magnitude, random, expected) => {
    expect(digest(OPERATIONS[name](picture(), magnitude, random))).toBe(expected);
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

describe('operations at every magnitude', () => {
  // The code of the package `randaugment` 1.0.2 on Pillow 13 with the picture above: magnitudes 1 to 9, each with both signs, a cut in the middle.
  it.each([
    ['Invert', 'd390005e4ce80051'],
    ['Cutout', 'a538be8f1000c28a'],
    ['Sharpness', 'b6955cb8147414f3'],
    ['AutoContrast', '2a370453c7234c61'],
    ['Posterize', '6baf5fc1eaec9b54'],
    ['ShearX', 'ed94a45e898d0d5c'],
    ['TranslateX', '74ae7416fbade43f'],
    ['TranslateY', '67683431a593422c'],
    ['ShearY', '7cc01bf60b1a8e28'],
    ['Rotate', '6ce4ecb5e23be414'],
    ['Equalize', '6351837b981c99d7'],
    ['Contrast', '9d5a8f66db16e364'],
    ['Color', 'caf526274cf4e195'],
    ['Solarize', '5ff9ffe4123a6c35'],
    ['Brightness', '649bdf2ef917decb'],
  ])('%s has every byte of the package', (name, expected) => {
    const hash = createHash('sha256');
    for (let magnitude = 1; magnitude <= 9; magnitude += 1) {
      for (const sign of [0, 1]) {
        const random: HostRandom = { uniform: () => 0, integer: (count) => (name === 'Cutout' ? count / 2 : sign) };
        hash.update(OPERATIONS[name](picture(), magnitude, random).data);
      }
    }
    expect(hash.digest('hex').slice(0, 16)).toBe(expected);
  });
});
