import { Augmentation, type AugmentationProvider, type BuiltAugmentation, type RgbImage, z } from '@query2label/sdk';
import { CHANNELS } from './pixels/tables.js';

const options = z.strictObject({
  probability: z.number().min(0).max(1).default(0.5).describe('Chance that a picture is mirrored'),
});
type Options = z.output<typeof options>;

/** Mirrors left and right. */
@Augmentation({ name: 'horizontal-flip', description: 'Mirrors the picture left to right', options })
export class HorizontalFlip implements AugmentationProvider<Options> {
  build({ probability }: Options): BuiltAugmentation {
    return { apply: (image, random) => (random.uniform() < probability ? mirrored(image) : image) };
  }
}

function mirrored({ data, height, width }: RgbImage): RgbImage {
  const result = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const source = (y * width + width - 1 - x) * CHANNELS;
      result.set(data.subarray(source, source + CHANNELS), (y * width + x) * CHANNELS);
    }
  }
  return { height, width, data: result };
}
