import { Query2LabelPlugin } from '@query2label/sdk';
import { Cutout } from './cutout.augmentation.js';
import { HorizontalFlip } from './horizontal-flip.augmentation.js';
import { RandAugment } from './rand-augment/rand-augment.augmentation.js';

/** What changes pictures in training. */
@Query2LabelPlugin({
  name: 'augmentations',
  version: '0.1.0',
  sdk: '^0.1.0',
  description: 'Augmentations: RandAugment, Cutout and horizontal flip',
  providers: [RandAugment, Cutout, HorizontalFlip],
})
export default class AugmentationsPlugin {}
export { Cutout, HorizontalFlip, RandAugment };
