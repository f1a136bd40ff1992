import { COCO_MINI_HEAD } from '../../dist/demo/coco-mini-plans.js';
import { startOurs } from './ours.mjs';

const IMAGES = 'ours, images';
const SIZE = 224;

/** The head of `npm run coco-mini` on a frozen MobileNetV2, with random weights. */
const DEFINITION = {
  ...COCO_MINI_HEAD,
  backbone: { name: 'mobilenet-v2', options: { padding: 'tensorflow' } },
  // Pictures of the formula are normalised already.
  image: { size: SIZE, normalization: { mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255] } },
  freeze: ['backbone.'],
};

/** A training step on features from a cache against the same step on pictures; both draw the same dropout. */
export const CACHED_CASES = [
  {
    name: 'training-cached-features',
    repeats: 9,
    bars: [{ over: IMAGES, atLeast: 20 }],
    start: async (tools) => {
      const setting = {
        kind: 'training',
        definition: DEFINITION,
        size: SIZE,
        batch: 32,
        labels: 80,
        threads: tools.threads,
      };
      return [
        await tools.keep(startOurs({ ...setting, source: 'features' }, 'ours, cached features')),
        await tools.keep(startOurs({ ...setting, source: 'images' }, IMAGES)),
      ];
    },
  },
];
