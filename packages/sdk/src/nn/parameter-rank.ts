import type * as tf from '@tensorflow/tfjs';
import type { ForwardScope } from '../contracts/index.js';

function isTensor4D(tensor: tf.Tensor): tensor is tf.Tensor4D {
  return tensor.rank === 4;
}

function isTensor2D(tensor: tf.Tensor): tensor is tf.Tensor2D {
  return tensor.rank === 2;
}

function wrongRank(name: string, tensor: tf.Tensor, expected: number): Error {
  return new Error(
    `Parameter "${name}" has shape [${tensor.shape.join(', ')}] where ${expected} dimensions are expected.`,
  );
}

/** A declared parameter with four dimensions. */
export function parameter4d(scope: ForwardScope, name: string): tf.Tensor4D {
  const tensor = scope.parameter(name);
  if (!isTensor4D(tensor)) throw wrongRank(name, tensor, 4);
  return tensor;
}

/** A declared parameter with two dimensions. */
export function parameter2d(scope: ForwardScope, name: string): tf.Tensor2D {
  const tensor = scope.parameter(name);
  if (!isTensor2D(tensor)) throw wrongRank(name, tensor, 2);
  return tensor;
}
