import * as tf from '@tensorflow/tfjs';
import { EagerEngine } from './eager-engine.js';

/** TensorFlow.js on its JavaScript CPU backend: slow, needs nothing native, the yardstick of the tests. */
export function startReferenceEngine(): EagerEngine {
  return new EagerEngine({ name: 'reference', version: tf.version.tfjs, device: 'cpu', threads: 1 }, 'cpu');
}
