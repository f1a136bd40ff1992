import type { RgbImage } from '@query2label/sdk';
import { UnreadableImageError } from '../../common/errors/index.js';
import type { BatchRequest, SkippedImage } from './image-batch.js';

/**
 * The resized picture of a row; undefined where the request lets an unreadable one be skipped, which is then listed.
 * @throws UnreadableImageError otherwise
 */
export async function readOrSkip(
  { split, imageSize, onUnreadable }: Pick<BatchRequest, 'split' | 'imageSize' | 'onUnreadable'>,
  index: number,
  slot: number,
  skipped: SkippedImage[],
): Promise<RgbImage | undefined> {
  try {
    return await split.read(index, imageSize);
  } catch (error) {
    if (onUnreadable === 'fail' || !(error instanceof UnreadableImageError)) throw error;
    skipped.push({ slot, index, imageId: split.imageIds[index], name: split.names[index], reason: error.message });
    return undefined;
  }
}
