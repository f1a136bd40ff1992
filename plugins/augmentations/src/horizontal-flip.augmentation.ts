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
  const row = width * CHANNELS;
  for (let start = 0; start < height * row; start += row) {
    for (let target = start; target < start + row; target += CHANNELS) {
      const source = 2 * start + row - CHANNELS - target;
      for (let channel = 0; channel < CHANNELS; channel++) result[target + channel] = data[source + channel];
    }
  }
  return { height, width, data: result };
}
