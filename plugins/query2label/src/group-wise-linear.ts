import { fanInUniform, tf } from '@query2label/sdk';
import type { Layer, ParameterDeclarations } from '@query2label/sdk';

/**
 * One weight vector and bias for each label (paper, equation 5): `[batch, labels, width] -> [batch, labels]`.
 * Declares `W` `[1, labels, width]` and `b` `[1, labels]`.
 */
export function groupWiseLinear(
  parameters: ParameterDeclarations,
  { labels, width }: { readonly labels: number; readonly width: number },
): Layer<tf.Tensor3D, tf.Tensor2D> {
  const weight = parameters.declare('W', [1, labels, width], fanInUniform(width));
  const bias = parameters.declare('b', [1, labels], fanInUniform(width));
  return (scope, x) => {
    const products = tf.mul(x, scope.parameter(weight));
    return tf.add<tf.Tensor2D>(tf.sum(products, -1), scope.parameter(bias));
  };
}
