import type { BuiltAugmentation, RgbImage } from '../contracts/index.js';
import { hostRandom, keyOf } from '../random/index.js';
import { ensure, immediate } from './conformance.js';
import type { ConformanceCheck, TestFramework } from './conformance.js';
import { declarationChecks, registerComponentChecks, resolveComponent } from './declaration-checks.js';
import type { ComponentUnderTest } from './declaration-checks.js';

/** Height and width, not square, down to a single pixel. */
const SIZES = [
  { height: 1, width: 1 },
  { height: 3, width: 5 },
  { height: 40, width: 24 },
];
const DRAWS = 64;

/** Pictures of random pixels, all black and all white. */
function picturesOf({ height, width }: { readonly height: number; readonly width: number }): readonly RgbImage[] {
  const random = hostRandom(keyOf(1, 'conformance', 'picture', height, width));
  const size = height * width * 3;
  return [
    { height, width, data: Uint8Array.from({ length: size }, () => random.integer(256)) },
    { height, width, data: new Uint8Array(size) },
    { height, width, data: new Uint8Array(size).fill(255) },
  ];
}

function drawsOf(build: (size: RgbImage) => BuiltAugmentation, check: (picture: RgbImage, draw: Draw) => void): void {
  for (const size of SIZES) {
    for (const picture of picturesOf(size)) {
      const augmentation = build(picture);
      for (let index = 0; index < DRAWS; index++) {
        const before = picture.data.slice();
        const result = augmentation.apply(picture, hostRandom(keyOf(index, 'conformance')));
        check(picture, { index, before, result });
      }
    }
  }
}

interface Draw {
  readonly index: number;
  /** The pixels of the picture before it was augmented. */
  readonly before: Uint8Array;
  readonly result: RgbImage;
}

const sameBytes = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

/** The checks that every augmentation passes. */
export function augmentationChecks(subject: ComponentUnderTest): readonly ConformanceCheck[] {
  const build = ({ height, width }: RgbImage): BuiltAugmentation => {
    const { provider, options } = resolveComponent('augmentation', subject);
    return provider.build(options, { imageSize: { height, width } });
  };
  return [
    ...declarationChecks('augmentation', subject),
    {
      name: 'gives pictures of the size that it is given',
      run: immediate(() =>
        drawsOf(build, ({ height, width }, { result, index }) => {
          const bytes = height * width * 3;
          ensure(
            result.height === height && result.width === width && result.data.length === bytes,
            `Draw ${index} made of ${height} x ${width} pixels (${bytes} bytes) ${result.height} x ${result.width} ` +
              `(${result.data.length} bytes).`,
          );
          ensure(result.data instanceof Uint8Array, `Draw ${index} is no Uint8Array of 8-bit pixels.`);
        }),
      ),
    },
    {
      name: 'leaves the picture that it is given as it is',
      run: immediate(() =>
        drawsOf(build, (picture, { before, index }) => {
          ensure(sameBytes(before, picture.data), `Draw ${index} changed its argument. Work on a copy.`);
        }),
      ),
    },
    {
      name: 'is a function of the picture and the random key alone',
      run: immediate(() =>
        drawsOf(build, (picture, { result, index }) => {
          const again = build(picture).apply(picture, hostRandom(keyOf(index, 'conformance')));
          ensure(
            sameBytes(again.data, result.data),
            `Draw ${index} differs when it is repeated with the same key: a resumed run would see other pictures.`,
          );
        }),
      ),
    },
  ];
}

/** Registers the conformance checks of an augmentation as tests. */
export function testAugmentation(subject: ComponentUnderTest, framework: TestFramework): void {
  registerComponentChecks('augmentation', subject, augmentationChecks(subject), framework);
}
