import { Augmentation, type AugmentationProvider, type BuiltAugmentation, z } from '@query2label/sdk';
import { OPERATIONS, STRONGEST } from './operations.js';

const options = z.strictObject({
  operations: z
    .int()
    .min(1)
    .max(10)
    .default(2)
    .describe('Number of operations drawn for a picture, one after the other'),
  probability: z.number().min(0).max(1).default(0.5).describe('Chance that a drawn operation is carried out'),
  magnitude: z
    .int()
    .min(1)
    .max(STRONGEST)
    .optional()
    .describe('Strength of every operation, 1 to 9; by default drawn anew for each operation'),
});
type Options = z.output<typeof options>;

/**
 * RandAugment as the official Query2Label code trains with it: `RandAugment()` of the package `randaugment` 1.0.2, that is
 * two of fifteen operations, each of a random magnitude and carried out with probability one half. (The paper that
 * RandAugment comes from draws without that chance and with one magnitude: `probability: 1` and `magnitude: 9`.)
 */
@Augmentation({
  name: 'rand-augment',
  description: 'Random colour and geometry operations, as the official code',
  options,
})
export class RandAugment implements AugmentationProvider<Options> {
  build({ operations, probability, magnitude }: Options): BuiltAugmentation {
    const choices = Object.values(OPERATIONS);
    return {
      apply: (image, random) => {
        let result = image;
        for (let count = 0; count < operations; count++) {
          const operation = choices[random.integer(choices.length)];
          const drawn = 1 + random.integer(STRONGEST);
          if (random.uniform() >= probability) continue;
          result = operation(result, magnitude ?? drawn, random);
        }
        return result;
      },
    };
  }
}
