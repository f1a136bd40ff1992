import { tf } from '@query2label/sdk';

/** Which labels are present and which absent, as float32 0 or 1; an unknown label (-1) is neither. */
export function splitTargets(targets: tf.Tensor2D): { readonly present: tf.Tensor2D; readonly absent: tf.Tensor2D } {
  return {
    present: tf.cast(tf.equal<tf.Tensor2D>(targets, 1), 'float32'),
    absent: tf.cast(tf.equal<tf.Tensor2D>(targets, 0), 'float32'),
  };
}
