import { afterAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { floats } from '../testing/check-op.js';
import { EngineComparison } from '../testing/compare-engines.js';
import { predictionOf, randomize, weightsOf } from '../testing/layer-models.js';

const { layers } = tf;
const stacks: Record<string, { readonly input: number[]; readonly stack: () => tf.layers.Layer[] }> = {
  'the blocks of MobileNet': {
    input: [17, 15, 3],
    stack: () => [
      layers.zeroPadding2d({
        padding: [
          [0, 1],
          [0, 1],
        ],
      }),
      layers.conv2d({ filters: 8, kernelSize: 3, strides: 2, padding: 'valid', useBias: false }),
      layers.batchNormalization(),
      layers.reLU({ maxValue: 6 }),
      layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', useBias: false }),
      layers.batchNormalization(),
      layers.reLU({ maxValue: 6 }),
      layers.conv2d({ filters: 12, kernelSize: 1, padding: 'same', activation: 'relu' }),
      layers.globalAveragePooling2d({}),
      layers.reshape({ targetShape: [1, 1, 12] }),
      layers.dropout({ rate: 0.5 }),
      layers.conv2d({ filters: 5, kernelSize: 1 }),
      layers.flatten(),
      layers.softmax(),
    ],
  },
  'convolutions and poolings': {
    input: [12, 10, 3],
    stack: () => [
      layers.separableConv2d({ filters: 6, kernelSize: 3, padding: 'same', activation: 'elu' }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.averagePooling2d({ poolSize: 3, strides: 1, padding: 'same' }),
      layers.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' }),
      layers.upSampling2d({ size: [2, 2] }),
      layers.cropping2D({
        cropping: [
          [1, 1],
          [2, 2],
        ],
      }),
      layers.layerNormalization(),
      layers.prelu(),
      layers.leakyReLU({ alpha: 0.2 }),
      layers.permute({ dims: [3, 1, 2] }),
      layers.globalMaxPooling2d({}),
      layers.dense({ units: 3, activation: 'sigmoid' }),
    ],
  },
  sequences: {
    input: [6, 5],
    stack: () => [
      layers.conv1d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'tanh' }),
      layers.bidirectional({ layer: layers.lstm({ units: 3, returnSequences: true }), mergeMode: 'concat' }),
      layers.gru({ units: 4, returnSequences: true }),
      layers.timeDistributed({ layer: layers.dense({ units: 4, activation: 'softplus' }) }),
      layers.simpleRNN({ units: 3 }),
      layers.repeatVector({ n: 2 }),
      layers.globalAveragePooling1d({}),
    ],
  },
};

describe('models of tf.layers', () => {
  const engines = new EngineComparison();
  afterAll(() => engines.dispose());

  it.each(Object.entries(stacks))('compiles %s', async (_, { input, stack }) => {
    const model = randomize(tf.sequential({ layers: [layers.inputLayer({ inputShape: input }), ...stack()] }));
    const x0 = floats([2, ...input]);
    expect(await engines.error(predictionOf(model), { x0 }, weightsOf(model))).toBeLessThan(2e-5);
  });
});
