import type { HostRandom, RgbImage } from '@query2label/sdk';
import { translate, warpBicubic, warpNearest } from '../pixels/affine.js';
import { enhanceBrightness, enhanceColor, enhanceContrast, enhanceSharpness } from '../pixels/enhance.js';
import { type Colour, fillRectangle } from '../pixels/rectangle.js';
import { autoContrast, equalize, invert, posterize, solarize } from '../pixels/tone.js';

/** The strongest magnitude; 0 would be none. */
export const STRONGEST = 9;
/** Furthest translation as a part of the side. */
const FURTHEST = 150 / 331;
const MAXIMUM_ANGLE = 30;
const MAXIMUM_SHEAR = 0.3;
const MAXIMUM_ENHANCEMENT = 0.9;
const LARGEST_CUT = 20;
const CUT_COLOUR: Colour = [125, 122, 113];

/** @param magnitude 1 to 9, the strongest */
export type Operation = (image: RgbImage, magnitude: number, random: HostRandom) => RgbImage;

/** The 15 operations of the package `randaugment` 1.0.2, which the official Query2Label code uses, in its order. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  Invert: (image) => invert(image),
  Cutout: (image, magnitude, random) => cutOut(image, roundHalfEven(share(LARGEST_CUT, magnitude)), random),
  Sharpness: (image, magnitude, random) =>
    enhanceSharpness(image, 1 + sign(random) * share(MAXIMUM_ENHANCEMENT, magnitude)),
  AutoContrast: (image) => autoContrast(image),
  Posterize: (image, magnitude) => posterize(image, roundHalfEven(8 - share(4, magnitude))),
  ShearX: (image, magnitude, random) =>
    warpBicubic(image, [1, sign(random) * share(MAXIMUM_SHEAR, magnitude), 0, 0, 1, 0]),
  TranslateX: (image, magnitude, random) =>
    translate(image, sign(random) * share(FURTHEST, magnitude) * image.width, 0),
  TranslateY: (image, magnitude, random) =>
    translate(image, 0, sign(random) * share(FURTHEST, magnitude) * image.height),
  ShearY: (image, magnitude, random) =>
    warpBicubic(image, [1, 0, 0, sign(random) * share(MAXIMUM_SHEAR, magnitude), 1, 0]),
  Rotate: (image, magnitude) => rotate(image, share(MAXIMUM_ANGLE, magnitude)),
  Equalize: (image) => equalize(image),
  Contrast: (image, magnitude, random) =>
    enhanceContrast(image, 1 + sign(random) * share(MAXIMUM_ENHANCEMENT, magnitude)),
  Color: (image, magnitude, random) => enhanceColor(image, 1 + sign(random) * share(MAXIMUM_ENHANCEMENT, magnitude)),
  Solarize: (image, magnitude) => solarize(image, 256 - share(256, magnitude)),
  Brightness: (image, magnitude, random) =>
    enhanceBrightness(image, 1 + sign(random) * share(MAXIMUM_ENHANCEMENT, magnitude)),
};

/** Turns counter-clockwise around the middle; the corners become grey. */
function rotate(image: RgbImage, degrees: number): RgbImage {
  if (degrees % 360 === 0) return image;
  const angle = (-degrees * Math.PI) / 180;
  const [cosine, sine] = [rounded(Math.cos(angle)), rounded(Math.sin(angle))];
  const [middleX, middleY] = [image.width / 2, image.height / 2];
  const right = middleX - cosine * middleX - sine * middleY;
  const down = middleY + sine * middleX - cosine * middleY;
  return warpNearest(image, [cosine, sine, right, -sine, cosine, down]);
}

/** Covers a square around a random pixel; it may reach over the border. */
function cutOut(image: RgbImage, size: number, random: HostRandom): RgbImage {
  const [y, x] = [random.integer(image.height), random.integer(image.width)];
  const half = Math.floor(size / 2);
  return fillRectangle(image, { left: x - half, top: y - half, right: x + half, bottom: y + half }, CUT_COLOUR);
}

/** What a magnitude is of the most; multiplied in the order of NumPy's `linspace`, so that a shear falls on the same pixels. */
function share(most: number, magnitude: number): number {
  return magnitude * (most / STRONGEST);
}

function sign(random: HostRandom): 1 | -1 {
  return random.integer(2) === 0 ? -1 : 1;
}

/** To 15 decimals: the cosine of a right angle is then 0. */
function rounded(value: number): number {
  return Number(value.toFixed(15));
}

/** Halves to the even neighbour, as NumPy rounds. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
