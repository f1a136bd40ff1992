import * as tf from '@tensorflow/tfjs';
import type { Tensor4D } from '@tensorflow/tfjs';

type Pair = readonly [number, number];

/** Where the windows of a dilated convolution lie; its strides are 1, as TensorFlow.js demands. */
export interface DilatedWindow {
  /** `[height, width]` of the filter. */
  readonly kernel: Pair;
  readonly dilations: Pair;
  /** Zeros above and below the image. */
  readonly vertical: Pair;
  /** Zeros left and right of the image. */
  readonly horizontal: Pair;
}

/** The gradient of the image: dy, framed, convolved with the filter turned round. */
export function dilatedInputGradient(dy: Tensor4D, filter: Tensor4D, image: Pair, window: DilatedWindow): Tensor4D {
  // HWIO, turned round, input and output channels swapped
  const turned = tf.transpose<Tensor4D>(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
  const whole = tf.conv2d(framed(dy, window), turned, 1, 'valid', 'NHWC', [...window.dilations]);
  return imagePart(whole, image, window);
}

/** The same for one filter a channel; with a multiplier, the sum over its filters. */
export function dilatedDepthwiseInputGradient(
  dy: Tensor4D,
  filter: Tensor4D,
  image: Pair,
  window: DilatedWindow,
): Tensor4D {
  const [batch, rows, columns] = dy.shape;
  const [height, width, channels, multiplier] = filter.shape;
  const apart = tf.reshape(dy, [batch, rows, columns, channels, multiplier]);
  const parts = Array.from({ length: multiplier }, (_, index) => {
    const part = tf.slice(apart, [0, 0, 0, 0, index], [batch, rows, columns, channels, 1]);
    const gradient = tf.reshape<tf.Rank.R4>(part, [batch, rows, columns, channels]);
    const own = tf.slice(filter, [0, 0, 0, index], [height, width, channels, 1]);
    const turned = tf.reverse(own, [0, 1]);
    return tf.depthwiseConv2d(framed(gradient, window), turned, 1, 'valid', 'NHWC', [...window.dilations]);
  });
  return imagePart(tf.addN(parts), image, window);
}

/** The gradient of the filter: what lay under each tap, times dy. */
export function dilatedFilterGradient(x: Tensor4D, dy: Tensor4D, window: DilatedWindow): tf.Tensor {
  const [batch, rows, columns, outputs] = dy.shape;
  const taps = tapsOf(x, window, [rows, columns]);
  const channels = x.shape[3];
  const matrix = tf.reshape(tf.concat(taps, 3), [batch * rows * columns, taps.length * channels]);
  const product = tf.matMul(matrix, tf.reshape(dy, [batch * rows * columns, outputs]), true);
  return tf.reshape(product, [...window.kernel, channels, outputs]);
}

export function dilatedDepthwiseFilterGradient(x: Tensor4D, dy: Tensor4D, window: DilatedWindow): tf.Tensor {
  const [batch, rows, columns, outputs] = dy.shape;
  const channels = x.shape[3];
  const gradient = tf.reshape(dy, [batch, rows, columns, channels, outputs / channels]);
  const sums = tapsOf(x, window, [rows, columns]).map((tap) =>
    tf.sum(tf.mul(tf.expandDims(tap, 4), gradient), [0, 1, 2]),
  );
  return tf.reshape(tf.stack(sums), [...window.kernel, channels, outputs / channels]);
}

/** dy with as many zeros around it as a window reaches. */
function framed(dy: Tensor4D, { kernel, dilations }: DilatedWindow): Tensor4D {
  const [vertical, horizontal] = kernel.map((extent, axis) => (extent - 1) * dilations[axis]);
  return tf.pad(dy, [
    [0, 0],
    [vertical, vertical],
    [horizontal, horizontal],
    [0, 0],
  ]);
}

/** Cuts the padding off the gradient of a padded image. */
function imagePart(whole: Tensor4D, [height, width]: Pair, { vertical, horizontal }: DilatedWindow): Tensor4D {
  return tf.slice(whole, [0, vertical[0], horizontal[0], 0], [whole.shape[0], height, width, whole.shape[3]]);
}

function tapsOf(x: Tensor4D, { kernel, dilations, vertical, horizontal }: DilatedWindow, size: Pair): Tensor4D[] {
  const padded = tf.pad(x, [[0, 0], [...vertical], [...horizontal], [0, 0]]);
  return Array.from({ length: kernel[0] * kernel[1] }, (_, index) => {
    const row = Math.floor(index / kernel[1]) * dilations[0];
    const column = (index % kernel[1]) * dilations[1];
    return tf.slice(padded, [0, row, column, 0], [x.shape[0], ...size, x.shape[3]]);
  });
}
