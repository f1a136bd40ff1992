import { describe, expect, it } from '@jest/globals';
import { type BuiltAugmentation, hostRandom, keyOf, type RgbImage } from '@query2label/sdk';
import { Cutout } from './cutout.augmentation.js';
import { HorizontalFlip } from './horizontal-flip.augmentation.js';
import { OPERATIONS } from './rand-augment/operations.js';
import { RandAugment } from './rand-augment/rand-augment.augmentation.js';

/** No two pixels are equal. */
function picture(height = 20, width = 30): RgbImage {
  const data = Uint8Array.from({ length: height * width * 3 }, (_, index) => (index * 7 + (index >> 8) * 13) % 256);
  return { height, width, data };
}

const built: readonly (readonly [string, BuiltAugmentation])[] = [
  ['rand-augment', new RandAugment().build({ operations: 2, probability: 1 })],
  ['cutout', new Cutout().build({ factor: 0.5, holes: 1 })],
  ['horizontal-flip', new HorizontalFlip().build({ probability: 0.5 })],
];

describe.each(built)('%s', (_name, augmentation) => {
  it('is a function of picture and key, keeps the size and never changes its argument', () => {
    const image = picture();
    const original = image.data.slice();
    const results = Array.from({ length: 60 }, (_, draw) => {
      const one = augmentation.apply(image, hostRandom(keyOf(draw, 'augmentation')));
      const again = augmentation.apply(image, hostRandom(keyOf(draw, 'augmentation')));
      expect(again).toEqual(one);
      expect([one.height, one.width, one.data.length]).toEqual([20, 30, 1800]);
      return one.data.join();
    });
    expect(image.data).toEqual(original);
    expect(new Set(results).size).toBeGreaterThan(1);
  });
});

describe('cutout', () => {
  it('really cuts: between a quarter of the area of a hole in a corner and all of it', () => {
    for (let draw = 0; draw < 50; draw++) {
      const image = picture();
      const cut = new Cutout().build({ factor: 0.5, holes: 1 }).apply(image, hostRandom(keyOf(draw, 'cutout')));
      const changed = cut.data.filter((value, index) => value !== image.data[index]).length / 3;
      expect(changed).toBeGreaterThan(0.2 * 15 * 10);
      expect(changed).toBeLessThanOrEqual(16 * 10);
    }
  });
});

describe('horizontal-flip', () => {
  it('mirrors each row, and twice is nothing', () => {
    const flip = new HorizontalFlip().build({ probability: 1 });
    const image = picture(2, 3);
    const mirrored = flip.apply(image, hostRandom(keyOf(0)));
    expect([...mirrored.data.subarray(0, 9)]).toEqual([
      ...image.data.subarray(6, 9),
      ...image.data.subarray(3, 6),
      ...image.data.subarray(0, 3),
    ]);
    expect(flip.apply(mirrored, hostRandom(keyOf(0)))).toEqual(image);
  });

  it('mirrors about as often as asked', () => {
    const flip = new HorizontalFlip().build({ probability: 0.25 });
    const image = picture();
    const count = Array.from({ length: 2000 }, (_, draw) => flip.apply(image, hostRandom(keyOf(draw)))).filter(
      (result) => result !== image,
    ).length;
    expect(count / 2000).toBeCloseTo(0.25, 1);
  });
});

describe('rand-augment', () => {
  it('has the fifteen operations of the package', () => {
    expect(Object.keys(OPERATIONS).sort().join(' ')).toBe(
      'AutoContrast Brightness Color Contrast Cutout Equalize Invert Posterize Rotate Sharpness ShearX ShearY Solarize TranslateX TranslateY',
    );
  });

  it('leaves one picture in four alone by default: two operations, each with a chance of one half', () => {
    const augmentation = new RandAugment().build({ operations: 2, probability: 0.5 });
    const image = picture();
    const alone = Array.from({ length: 2000 }, (_, draw) => augmentation.apply(image, hostRandom(keyOf(draw)))).filter(
      (result) => result === image,
    ).length;
    expect(alone / 2000).toBeCloseTo(0.25, 1);
  });

  it('keeps to a magnitude if one is given', () => {
    const strong = new RandAugment().build({ operations: 1, probability: 1, magnitude: 9 });
    const image = picture();
    const results = new Set(
      Array.from({ length: 300 }, (_, draw) => strong.apply(image, hostRandom(keyOf(draw, 'm'))).data.join()),
    );
    // Seven operations with a sign, seven without, and a cut at any of 600 places.
    const withoutCut = Object.entries(OPERATIONS).filter(([name]) => name !== 'Cutout').length;
    expect(results.size).toBeLessThan(2 * withoutCut + 40);
  });
});
