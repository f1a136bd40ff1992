/** The demo fails below this mean average precision on the validation pictures. */
export const WANTED_MAP = 0.9;

/** The picture set that the demo renders. */
export const PICTURES = { seed: 20_261_123, size: 128, train: 2400, validation: 400, unseen: 4 } as const;

/** A residual network from scratch with an 8 by 8 feature map, and one decoder layer: small enough for two cores. */
export const DEMO_PIPELINE = {
  backbone: {
    name: 'resnet',
    options: { depth: 18, normalization: 'batch', frozenStages: 0, width: 16, outputStride: 8 },
  },
  decoder: {
    name: 'query2label',
    options: { hiddenSize: 64, feedForwardSize: 128, heads: 4, encoderLayers: 0, decoderLayers: 1, dropout: 0 },
  },
  loss: { name: 'binary-cross-entropy', options: {} },
  image: { size: 64 },
} as const;

export const DEMO_RECIPE = {
  epochs: 16,
  batchSize: 16,
  learningRate: 1e-3,
  optimizer: { name: 'adamw', options: { weightDecay: 0.01 } },
  augmentations: [{ name: 'horizontal-flip' }],
  averageDecay: 0.99,
  gradientClipNorm: 10,
  evaluateEvery: 2,
  earlyStopping: null,
} as const;
