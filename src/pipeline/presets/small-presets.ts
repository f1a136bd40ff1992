import type { PipelinePreset } from './preset.js';

/** From random weights: nothing is frozen, and batch normalisation learns. */
const SCRATCH = { normalization: 'batch', frozenStages: 0 } as const;
const SMALL_RECIPE = { batchSize: 32, gradientClipNorm: 10, averageDecay: 0.995 } as const;
const LABELS = 20;

/** Models that a few processor cores train in minutes to hours. No publication has figures of them. */
export const SMALL_PRESETS: readonly PipelinePreset[] = [
  {
    name: 'q2l-small-64',
    description: 'A narrow ResNet-18 from random weights at 64 pixels: minutes on two cores, for simple pictures',
    definition: {
      backbone: { name: 'resnet', options: { ...SCRATCH, depth: 18, width: 16, outputStride: 8 } },
      decoder: {
        name: 'query2label',
        options: { hiddenSize: 64, feedForwardSize: 128, encoderLayers: 0, decoderLayers: 1, dropout: 0 },
      },
      loss: { name: 'binary-cross-entropy' },
      image: { size: 64 },
    },
    recipe: {
      ...SMALL_RECIPE,
      ...{ epochs: 14, batchSize: 16, learningRate: 1e-3, averageDecay: 0.99 },
      augmentations: [{ name: 'horizontal-flip' }],
    },
    labelCount: LABELS,
    published: null,
  },
  {
    name: 'q2l-mobilenet-224',
    description: 'MobileNetV2 at 224 pixels with a decoder of 256: set backbone.weights and fine-tune',
    definition: {
      backbone: { name: 'mobilenet-v2' },
      decoder: { name: 'query2label', options: { hiddenSize: 256, feedForwardSize: 512 } },
      loss: { name: 'asymmetric' },
      image: { size: 224 },
    },
    recipe: {
      ...SMALL_RECIPE,
      ...{ epochs: 20, learningRate: 3e-4 },
      optimizer: { name: 'adamw', options: { weightDecay: 0.1, decay: 'spare-biases-and-norms' } },
      augmentations: [{ name: 'horizontal-flip' }],
    },
    labelCount: LABELS,
    published: null,
  },
  {
    name: 'q2l-r18-224',
    description: 'ResNet-18 at 224 pixels with a decoder of 512: set backbone.weights and fine-tune',
    definition: {
      backbone: { name: 'resnet', options: { depth: 18 } },
      decoder: { name: 'query2label', options: { hiddenSize: 512, feedForwardSize: 1024 } },
      loss: { name: 'asymmetric' },
      image: { size: 224 },
    },
    recipe: { ...SMALL_RECIPE, epochs: 20 },
    labelCount: LABELS,
    published: null,
  },
];
