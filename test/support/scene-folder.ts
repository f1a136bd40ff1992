import { type PictureSet, renderPictureSet } from '../../src/demo/scenes/picture-set.js';
import { sceneRandom } from '../../src/demo/scene-random.js';

/** Pictures small and few enough for tests that train. */
const SMALL_SET = { size: 64, train: 24, validation: 12, unseen: 2 };

/** Writes a small COCO folder of rendered scenes: `annotations/instances_{train,val}.json`, `images/{train,val}`, `unseen/`. */
export function writeSceneFolder(folder: string): Promise<PictureSet> {
  return renderPictureSet(folder, { ...SMALL_SET, random: sceneRandom(7) });
}

/** Options of the importer `coco` for that folder. */
export const SCENE_OPTIONS = {
  splits: [
    { split: 'train', annotations: 'annotations/instances_train.json', images: 'images/train' },
    { split: 'validation', annotations: 'annotations/instances_val.json', images: 'images/val' },
  ],
};

/** A pipeline that compiles and trains in seconds. */
export const TINY_PIPELINE = {
  backbone: {
    name: 'resnet',
    options: { depth: 18, normalization: 'batch', frozenStages: 0, width: 8, outputStride: 16 },
  },
  decoder: {
    name: 'query2label',
    options: { hiddenSize: 16, feedForwardSize: 16, heads: 2, encoderLayers: 0, decoderLayers: 1 },
  },
  loss: { name: 'binary-cross-entropy' },
  image: { size: 32 },
};

/** Differences from the default recipe that go with it. */
export const TINY_RECIPE = { epochs: 2, batchSize: 8, learningRate: 1e-3, averageDecay: null, earlyStopping: null };
