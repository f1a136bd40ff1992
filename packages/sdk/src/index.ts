/** The one TensorFlow.js and the one zod of the project: a second copy would not know the first one's tensors and types. */
export * as tf from '@tensorflow/tfjs';
export { z } from 'zod';
export * from './contracts/index.js';
export * from './decorators/index.js';
export * from './options/index.js';
export * from './version.js';
export * from './random/index.js';
export * from './scope/index.js';
export { keyedUniform, stopGradient } from '@query2label/engine';
export * from './nn/index.js';
export * from './metrics/index.js';
