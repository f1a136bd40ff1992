import { Augmentation, type AugmentationProvider, type BuiltAugmentation, z } from '@query2label/sdk';
import { fillRectangle } from './pixels/rectangle.js';

const options = z.strictObject({
  factor: z.number().gt(0).max(1).default(0.5).describe('Sides of a hole as a part of the sides of the picture'),
  holes: z.int().min(1).max(16).default(1).describe('Number of holes'),
});
type Options = z.output<typeof options>;

/**
 * Covers parts of the picture with a random colour. A hole is centred on a random pixel and may reach over the border.
 * (With the options that the official Query2Label code has by default, its hole has no pixels: nothing is cut. This cuts.)
 */
@Augmentation({ name: 'cutout', description: 'Covers parts of the picture with a random colour', options })
export class Cutout implements AugmentationProvider<Options> {
  build({ factor, holes }: Options): BuiltAugmentation {
    return {
      apply: (image, random) => {
        const halfWidth = Math.max(1, Math.round((factor * image.width) / 2));
        const halfHeight = Math.max(1, Math.round((factor * image.height) / 2));
        let result = image;
        for (let hole = 0; hole < holes; hole++) {
          const [x, y] = [random.integer(image.width), random.integer(image.height)];
          const area = { left: x - halfWidth, top: y - halfHeight, right: x + halfWidth, bottom: y + halfHeight };
          result = fillRectangle(result, area, [random.integer(256), random.integer(256), random.integer(256)]);
        }
        return result;
      },
    };
  }
}
