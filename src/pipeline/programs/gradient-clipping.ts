import { tf } from '@query2label/sdk';

/** Global L2 norm of gradients: the root of the sum of all squares. A scalar; 0 for none. */
export function globalNorm(gradients: readonly tf.Tensor[]): tf.Scalar {
  if (gradients.length === 0) return tf.scalar(0);
  return tf.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient))))).asScalar();
}

/** Added to the norm before dividing, as PyTorch does: gradients of norm 0 stay 0. */
const EPSILON = 1e-6;

/** Factor that brings gradients down to the largest allowed norm; 1 where they are below it. */
export function clippingFactor(norm: tf.Scalar, maximumNorm: number): tf.Tensor {
  return tf.minimum(tf.div(maximumNorm, tf.add(norm, EPSILON)), 1);
}
