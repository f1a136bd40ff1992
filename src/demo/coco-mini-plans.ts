/** How a backbone is trained on coco-mini. */
export interface CocoMiniPlan {
  /** What is done, in a line. */
  readonly title: string;
  readonly backbone: Readonly<Record<string, unknown>>;
  /** Prefixes of parameters that keep their values. */
  readonly freeze: readonly string[];
  readonly epochs: { readonly full: number; readonly short: number };
  /** Least mean average precision over the labels without person; the shortened run only has to learn. */
  readonly wanted: { readonly full: number; readonly short: number };
  readonly recipe: Readonly<Record<string, unknown>>;
}

/** Of MobileNetV2's 19 `features`, those up to the stage of 64 channels: half of its operations, and what changes least from task to task. */
const EARLY_FEATURES = Array.from({ length: 11 }, (_, index) => `backbone.0.features.${index}.`);

const RECIPE = {
  batchSize: 32,
  learningRate: 3e-4,
  optimizer: { name: 'adamw', options: { weightDecay: 0.1, decay: 'spare-biases-and-norms' } },
  augmentations: [{ name: 'horizontal-flip' }],
  averageDecay: 0.995,
  gradientClipNorm: 10,
  earlyStopping: null,
} as const;

/** Everything but the backbone. */
export const COCO_MINI_HEAD = {
  decoder: {
    name: 'query2label',
    options: {
      hiddenSize: 256,
      feedForwardSize: 512,
      heads: 4,
      encoderLayers: 1,
      decoderLayers: 2,
      dropout: 0.3,
      inputProjection: true,
    },
  },
  // As the official command trains: its scale also keeps the gradients of rare labels far above AdamW's epsilon.
  loss: { name: 'asymmetric', options: { gammaNegative: 2, gammaPositive: 0, clip: 0 } },
  image: { size: 224 },
};

/** By the name of the backbone. Both start from the weights in `$Q2L_SHARED/weights`. */
export const COCO_MINI_PLANS: Readonly<Record<'mobilenet-v1' | 'mobilenet-v2', CocoMiniPlan>> = {
  'mobilenet-v1': {
    title: 'MobileNetV1, frozen',
    backbone: {
      name: 'tfjs-model',
      options: { model: 'mobilenet-v1-tfjs', layer: 'conv_pw_12_relu', trainable: false },
    },
    freeze: [],
    epochs: { full: 20, short: 3 },
    wanted: { full: 0.44, short: 0.15 },
    // After eight views, hardly a picture has been seen one way only.
    recipe: { ...RECIPE, featureCache: { views: 8 } },
  },
  'mobilenet-v2': {
    title: 'MobileNetV2, fine-tuned from features.11 on',
    backbone: {
      name: 'mobilenet-v2',
      options: { padding: 'tensorflow', normalization: 'half' },
      weights: { file: 'mobilenet_v2.safetensors' },
    },
    freeze: EARLY_FEATURES,
    epochs: { full: 10, short: 2 },
    wanted: { full: 0.48, short: 0.1 },
    recipe: { ...RECIPE, learningRate: 4e-4, averageDecay: 0.99 },
  },
};
