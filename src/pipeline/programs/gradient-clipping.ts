import { tf } from '@query2label/sdk';

/**
 * Global L2 norm of gradients: the root of the sum of all squares. A scalar; 0 for none.
 *
 * Summed in the order in which the gradients came about, those of the last layers first. ONNX Runtime computes what a sum needs term
 * by term: in the order of the layers it would keep the activations of all of them until the way back has reached the first.
 */
export function globalNorm(gradients: readonly tf.Tensor[]): tf.Scalar {
  if (gradients.length === 0) return tf.scalar(0);
  const asTheyCame = [...gradients].sort((one, other) => one.id - other.id);
  return tf.sqrt(tf.addN(asTheyCame.map((gradient) => tf.sum(tf.square(gradient))))).asScalar();
}

/** Added to the norm before dividing, as PyTorch does: gradients of norm 0 stay 0. */
const EPSILON = 1e-6;

/** Factor that brings gradients down to the largest allowed norm; 1 where they are below it. */
export function clippingFactor(norm: tf.Scalar, maximumNorm: number): tf.Tensor {
  return tf.minimum(tf.div(maximumNorm, tf.add(norm, EPSILON)), 1);
}
