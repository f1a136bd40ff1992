import type { PipelinePreset } from './preset.js';

const COCO_LABELS = 80;

/** The loss of the published commands: `--gamma_pos 0 --gamma_neg 2 --dtgfl`, eps and clip at their defaults. */
const LOSS = {
  name: 'asymmetric',
  options: { gammaNegative: 2, gammaPositive: 0, clip: 0, detachFocus: true },
} as const;

/**
 * The published command, which is for ResNet-101: of the other networks the authors give configurations for inference alone. What it does
 * not name is the paper's section 4.1 and the recipe's default.
 */
const RECIPE = {
  epochs: 80,
  batchSize: 64,
  learningRate: 1e-4,
  optimizer: { name: 'adamw', options: { weightDecay: 0.01, decay: 'all' } },
  schedule: { name: 'one-cycle', options: { riseFraction: 0.2 } },
  augmentations: [{ name: 'cutout', options: { factor: 0.5, holes: 1 } }, { name: 'rand-augment' }],
  averageDecay: 0.9997,
  earlyStopping: { patience: 8 },
} as const;

/** The official transformer: 1 encoder and 2 decoder layers, 4 heads, post-norm, as wide as the backbone's channels. */
const decoder = (hiddenSize: number, feedForwardSize = 8192) => ({
  name: 'query2label',
  options: { hiddenSize, feedForwardSize, heads: 4, encoderLayers: 1, decoderLayers: 2, dropout: 0.1 },
});

interface PaperModel {
  readonly name: string;
  readonly title: string;
  readonly backbone: PipelinePreset['definition']['backbone'];
  readonly channels: number;
  readonly size: number;
  readonly meanAveragePrecision: number;
}

const paperPreset = ({ name, title, backbone, channels, size, meanAveragePrecision }: PaperModel): PipelinePreset => ({
  name,
  description: `${title} at ${size} pixels, as in the paper`,
  definition: { backbone, decoder: decoder(channels), loss: LOSS, image: { size } },
  recipe: RECIPE,
  labelCount: COCO_LABELS,
  published: {
    meanAveragePrecision,
    protocol: 'voc-all-point',
    dataset: 'MS-COCO 2014 validation, 40,504 images',
    source: 'Liu et al. 2021, arXiv 2107.10834, and the README of its official code',
  },
});

const resnet101 = { name: 'resnet', options: { depth: 101 } };

/** The models of the paper's table on MS-COCO. */
export const PAPER_PRESETS: readonly PipelinePreset[] = [
  paperPreset({
    ...{ name: 'q2l-r101-448', title: 'ResNet-101', backbone: resnet101, channels: 2048, size: 448 },
    meanAveragePrecision: 0.849,
  }),
  paperPreset({
    ...{ name: 'q2l-r101-576', title: 'ResNet-101', backbone: resnet101, channels: 2048, size: 576 },
    meanAveragePrecision: 0.865,
  }),
  paperPreset({
    ...{ name: 'q2l-tresl-448', title: 'TResNet-L', channels: 2432, size: 448 },
    backbone: { name: 'tresnet', options: { variant: 'l' } },
    meanAveragePrecision: 0.873,
  }),
  paperPreset({
    ...{ name: 'q2l-tresl22k-448', title: 'TResNet-L v2, from weights of ImageNet-22k,', channels: 2048, size: 448 },
    backbone: { name: 'tresnet', options: { variant: 'l-v2' } },
    meanAveragePrecision: 0.892,
  }),
  paperPreset({
    ...{ name: 'q2l-swinl-384', title: 'Swin-L, from weights of ImageNet-22k,', channels: 1536, size: 384 },
    backbone: { name: 'swin', options: { variant: 'l', window: 12 } },
    meanAveragePrecision: 0.905,
  }),
  paperPreset({
    ...{ name: 'q2l-cvt-384', title: 'CvT-W24, from weights of ImageNet-22k,', channels: 1024, size: 384 },
    backbone: { name: 'cvt' },
    meanAveragePrecision: 0.913,
  }),
];
