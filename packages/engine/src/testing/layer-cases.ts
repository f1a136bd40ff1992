import * as tf from '@tensorflow/tfjs';

type Layer = tf.layers.Layer;

export interface LayerCase {
  /** Shapes of the inputs, without the batch. */
  readonly inputs: readonly (readonly number[])[];
  readonly make: () => Layer;
  /** For layers that take whole numbers: they are below this. */
  readonly wholeNumbersBelow?: number;
  /** Called by itself instead of as a model. */
  readonly alone?: boolean;
}

const { layers } = tf;
const IMAGE = [[6, 5, 3]];
const SEQUENCE = [[6, 4]];
const VOLUME = [[4, 5, 4, 2]];
const VECTOR = [[7]];
const TWO = [
  [3, 4],
  [3, 4],
];

const on = (inputs: readonly (readonly number[])[], make: () => Layer): LayerCase => ({ inputs, make });

/** A way to make each layer of `tf.layers`, by the name of its constructor. */
export const LAYER_CASES: Readonly<Record<string, LayerCase>> = {
  activation: on(IMAGE, () => layers.activation({ activation: 'hardSigmoid' })),
  add: on(TWO, () => layers.add()),
  alphaDropout: on(VECTOR, () => layers.alphaDropout({ rate: 0.5 })),
  average: on(TWO, () => layers.average()),
  averagePooling1d: on(SEQUENCE, () => layers.averagePooling1d({ poolSize: 2 })),
  averagePooling2d: on(IMAGE, () => layers.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' })),
  averagePooling3d: on(VOLUME, () => layers.averagePooling3d({ poolSize: 2 })),
  avgPool1d: on(SEQUENCE, () => layers.avgPool1d({ poolSize: 3, strides: 1 })),
  avgPool2d: on(IMAGE, () => layers.avgPool2d({ poolSize: 2 })),
  avgPool3d: on(VOLUME, () => layers.avgPool3d({ poolSize: 2, padding: 'same' })),
  avgPooling1d: on(SEQUENCE, () => layers.avgPooling1d({ poolSize: 2, padding: 'same' })),
  avgPooling2d: on(IMAGE, () => layers.avgPooling2d({ poolSize: 3 })),
  avgPooling3d: on(VOLUME, () => layers.avgPooling3d({ poolSize: 3, strides: 1 })),
  batchNormalization: on(IMAGE, () => layers.batchNormalization()),
  bidirectional: on(SEQUENCE, () => layers.bidirectional({ layer: layers.gru({ units: 3 }), mergeMode: 'concat' })),
  centerCrop: on(IMAGE, () => layers.centerCrop({ height: 4, width: 3 })),
  concatenate: on(TWO, () => layers.concatenate()),
  conv1d: on(SEQUENCE, () => layers.conv1d({ filters: 3, kernelSize: 3, padding: 'same', dilationRate: 2 })),
  conv2d: on(IMAGE, () => layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, activation: 'relu' })),
  conv2dTranspose: on(IMAGE, () => layers.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' })),
  conv3d: on(VOLUME, () => layers.conv3d({ filters: 3, kernelSize: 2, activation: 'tanh' })),
  conv3dTranspose: on(VOLUME, () => layers.conv3dTranspose({ filters: 2, kernelSize: 2, strides: 2 })),
  convLstm2d: on([[3, 5, 5, 2]], () => layers.convLstm2d({ filters: 2, kernelSize: 3, padding: 'same' })),
  cropping2D: on(IMAGE, () => layers.cropping2D({ cropping: 1 })),
  dense: on(SEQUENCE, () => layers.dense({ units: 3, activation: 'softmax' })),
  depthwiseConv2d: on(IMAGE, () => layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 })),
  dot: on([[5], [5]], () => layers.dot({ axes: -1, normalize: true })),
  dropout: on(VECTOR, () => layers.dropout({ rate: 0.5 })),
  elu: on(VECTOR, () => layers.elu()),
  embedding: { inputs: [[6]], make: () => layers.embedding({ inputDim: 5, outputDim: 3 }), wholeNumbersBelow: 5 },
  flatten: on(IMAGE, () => layers.flatten()),
  gaussianDropout: on(VECTOR, () => layers.gaussianDropout({ rate: 0.5 })),
  gaussianNoise: on(VECTOR, () => layers.gaussianNoise({ stddev: 1 })),
  globalAveragePooling1d: on(SEQUENCE, () => layers.globalAveragePooling1d({})),
  globalAveragePooling2d: on(IMAGE, () => layers.globalAveragePooling2d({})),
  globalMaxPool1d: on(SEQUENCE, () => layers.globalMaxPool1d({})),
  globalMaxPool2d: on(IMAGE, () => layers.globalMaxPool2d({})),
  globalMaxPooling1d: on(SEQUENCE, () => layers.globalMaxPooling1d({})),
  globalMaxPooling2d: on(IMAGE, () => layers.globalMaxPooling2d({})),
  gru: on(SEQUENCE, () => layers.gru({ units: 3, returnSequences: true })),
  layerNormalization: on(SEQUENCE, () => layers.layerNormalization()),
  leakyReLU: on(VECTOR, () => layers.leakyReLU()),
  lstm: on(SEQUENCE, () => layers.lstm({ units: 3, recurrentActivation: 'sigmoid' })),
  masking: on(SEQUENCE, () => layers.masking({ maskValue: 0 })),
  maxPool1d: on(SEQUENCE, () => layers.maxPool1d({ poolSize: 2 })),
  maxPool2d: on(IMAGE, () => layers.maxPool2d({ poolSize: 3, strides: 1, padding: 'same' })),
  maxPooling1d: on(SEQUENCE, () => layers.maxPooling1d({ poolSize: 3, strides: 2 })),
  maxPooling2d: on(IMAGE, () => layers.maxPooling2d({ poolSize: 2 })),
  maxPooling3d: on(VOLUME, () => layers.maxPooling3d({ poolSize: 2 })),
  maximum: on(TWO, () => layers.maximum()),
  minimum: on(TWO, () => layers.minimum()),
  multiply: on(TWO, () => layers.multiply()),
  permute: on(SEQUENCE, () => layers.permute({ dims: [2, 1] })),
  prelu: on(IMAGE, () => layers.prelu()),
  reLU: on(VECTOR, () => layers.reLU({ maxValue: 0.5 })),
  repeatVector: on(VECTOR, () => layers.repeatVector({ n: 3 })),
  rescaling: on(IMAGE, () => layers.rescaling({ scale: 0.5, offset: -1 })),
  reshape: on(IMAGE, () => layers.reshape({ targetShape: [15, 6] })),
  // Inside a model TensorFlow.js hands this layer a list, which it does not take.
  resizing: { inputs: IMAGE, make: () => layers.resizing({ height: 4, width: 9 }), alone: true },
  rnn: on(SEQUENCE, () => layers.rnn({ cell: [layers.gruCell({ units: 3 }), layers.lstmCell({ units: 2 })] })),
  separableConv2d: on(IMAGE, () => layers.separableConv2d({ filters: 4, kernelSize: 3, dilationRate: 2 })),
  simpleRNN: on(SEQUENCE, () => layers.simpleRNN({ units: 3, goBackwards: true })),
  softmax: on(SEQUENCE, () => layers.softmax({ axis: -1 })),
  spatialDropout1d: on(SEQUENCE, () => layers.spatialDropout1d({ rate: 0.5 })),
  thresholdedReLU: on(VECTOR, () => layers.thresholdedReLU({ theta: 0.25 })),
  timeDistributed: on(SEQUENCE, () => layers.timeDistributed({ layer: layers.dense({ units: 3 }) })),
  upSampling2d: on(IMAGE, () => layers.upSampling2d({ size: [2, 3] })),
  zeroPadding2d: on(IMAGE, () => layers.zeroPadding2d({ padding: 2 })),
};

/** Layers that no program can hold, with what they do that is refused. */
export const REFUSED_LAYERS: Readonly<Record<string, { readonly make: () => Layer; readonly message: RegExp }>> = {
  categoryEncoding: {
    make: () => layers.categoryEncoding({ numTokens: 5, outputMode: 'multiHot' }),
    message: /reads the values of/,
  },
  randomWidth: {
    make: () => layers.randomWidth({ factor: 0.5 }),
    message: /draws random numbers on the host/,
  },
};

/** Exports of `tf.layers` that make no layer by themselves: base classes, cells (made by `rnn`), inputs. */
export const NO_LAYERS: readonly string[] = [
  'Layer',
  'RNN',
  'RNNCell',
  'convLstm2dCell',
  'gruCell',
  'input',
  'inputLayer',
  'lstmCell',
  'simpleRNNCell',
  'stackedRNNCells',
];
