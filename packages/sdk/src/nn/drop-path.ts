import * as tf from '@tensorflow/tfjs';
import type { ForwardScope } from '../contracts/index.js';

/**
 * Stochastic depth (Huang et al. 2016): in training the branch of an image is zeroed with probability `rate`, and the others are scaled by
 * `1 / (1 - rate)`; identity when not training.
 * @param layer names the place in the network
 * @param branch `[batch, ...]`
 */
export function dropPath<T extends tf.Tensor>(scope: ForwardScope, layer: string, branch: T, rate: number): T {
  if (!scope.training || rate === 0) return branch;
  const shape = branch.shape.map((extent, axis) => (axis === 0 ? extent : 1));
  const kept = scope.random.bernoulli(layer, shape, 1 - rate);
  return tf.mul<T>(branch, tf.div(kept, 1 - rate));
}
