import type * as tf from '@tensorflow/tfjs';
import type { ForwardScope } from '../contracts/index.js';

/**
 * A building block whose parameters have been declared. The functions of this folder that take `parameters` declare under
 * their prefix, with PyTorch's names and layouts, and return the forward function.
 */
export type Layer<Input extends tf.Tensor = tf.Tensor4D, Output extends tf.Tensor = Input> = (
  scope: ForwardScope,
  x: Input,
) => Output;
