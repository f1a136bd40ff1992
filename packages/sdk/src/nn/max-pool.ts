import * as tf from '@tensorflow/tfjs';

export interface PoolOptions {
  readonly kernel: number;
  readonly stride: number;
  /** Cells of minus infinity on every side: padding never wins. @default 0 */
  readonly padding?: number;
}

/** Largest value of each window of `[batch, height, width, channels]`. */
export function maxPool2d(x: tf.Tensor4D, { kernel, stride, padding = 0 }: PoolOptions): tf.Tensor4D {
  return tf.maxPool(x, kernel, stride, padding);
}
