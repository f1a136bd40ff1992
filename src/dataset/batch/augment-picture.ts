import { hostRandom, keyOf, type RgbImage } from '@query2label/sdk';
import type { BatchRequest } from './image-batch.js';

/** Applies the augmentations of a request to one picture; the draws depend on seed, epoch, row and position alone. */
export function augmentPicture(
  { augmentations = [], seed = 0, epoch = 0 }: Pick<BatchRequest, 'augmentations' | 'seed' | 'epoch'>,
  image: RgbImage,
  row: number,
): RgbImage {
  return augmentations.reduce((current, augmentation, position) => {
    const random = hostRandom(keyOf(seed, 'augmentation', epoch, row, position));
    const result = augmentation.apply(current, random);
    if (result.data.length !== image.data.length || result.width !== image.width) {
      throw new Error(
        `Augmentation ${position} (${augmentation.constructor.name}) returned ${result.width}x${result.height} pixels; ` +
          `expected the size of its argument, ${image.width}x${image.height}.`,
      );
    }
    return result;
  }, image);
}
