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

/** @param level magnitude divided by the strongest one, above 0 up to 1 */
export type Operation = (image: RgbImage, level: number, random: HostRandom) => RgbImage;

/** The 15 operations of the package `randaugment` 1.0.2, which the official Query2Label code uses, in its order. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  Invert: (image) => invert(image),
  Cutout: (image, level, random) => cutOut(image, roundHalfEven(LARGEST_CUT * level), random),
  Sharpness: (image, level, random) => enhanceSharpness(image, 1 + sign(random) * MAXIMUM_ENHANCEMENT * level),
  AutoContrast: (image) => autoContrast(image),
  Posterize: (image, level) => posterize(image, roundHalfEven(8 - 4 * level)),
  ShearX: (image, level, random) => warpBicubic(image, [1, sign(random) * MAXIMUM_SHEAR * level, 0, 0, 1, 0]),
  TranslateX: (image, level, random) => translate(image, sign(random) * FURTHEST * level * image.width, 0),
  TranslateY: (image, level, random) => translate(image, 0, sign(random) * FURTHEST * level * image.height),
  ShearY: (image, level, random) => warpBicubic(image, [1, 0, 0, sign(random) * MAXIMUM_SHEAR * level, 1, 0]),
  Rotate: (image, level) => rotate(image, MAXIMUM_ANGLE * level),
  Equalize: (image) => equalize(image),
  Contrast: (image, level, random) => enhanceContrast(image, 1 + sign(random) * MAXIMUM_ENHANCEMENT * level),
  Color: (image, level, random) => enhanceColor(image, 1 + sign(random) * MAXIMUM_ENHANCEMENT * level),
  Solarize: (image, level) => solarize(image, 256 * (1 - level)),
  Brightness: (image, level, random) => enhanceBrightness(image, 1 + sign(random) * MAXIMUM_ENHANCEMENT * level),
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
