import { tf } from '@query2label/sdk';
import type { WindowGeometry } from './geometry.js';

/** Cuts a map into windows: `[batch, height, width, channels] -> [batch * windows, cells, channels]`. */
export function cutWindows(x: tf.Tensor4D, geometry: WindowGeometry): tf.Tensor3D {
  const { height, width, paddedHeight, paddedWidth, window, shift } = geometry;
  const [batch, , , channels] = x.shape;
  const [below, right] = [paddedHeight - height, paddedWidth - width];
  const padded =
    below === 0 && right === 0
      ? x
      : tf.pad(x, [
          [0, 0],
          [0, below],
          [0, right],
          [0, 0],
        ]);
  const rolled = roll(roll(padded, 1, shift), 2, shift);
  const [rows, columns] = [paddedHeight / window, paddedWidth / window];
  const split = tf.reshape(rolled, [batch, rows, window, columns, window, channels]);
  // [batch, rows, window, columns, window, channels] -> [batch, rows, columns, window, window, channels]
  const moved = tf.transpose(split, [0, 1, 3, 2, 4, 5]);
  return tf.reshape<tf.Rank.R3>(moved, [batch * rows * columns, window * window, channels]);
}

/** The inverse: `[batch * windows, cells, channels] -> [batch, height, width, channels]`. */
export function joinWindows(windows: tf.Tensor3D, geometry: WindowGeometry): tf.Tensor4D {
  const { height, width, paddedHeight, paddedWidth, window, shift } = geometry;
  const [rows, columns] = [paddedHeight / window, paddedWidth / window];
  const [count, , channels] = windows.shape;
  const batch = count / (rows * columns);
  const split = tf.reshape(windows, [batch, rows, columns, window, window, channels]);
  const moved = tf.transpose(split, [0, 1, 3, 2, 4, 5]);
  const rolled = tf.reshape<tf.Rank.R4>(moved, [batch, paddedHeight, paddedWidth, channels]);
  const back = roll(roll(rolled, 1, paddedHeight - shift), 2, paddedWidth - shift);
  if (paddedHeight === height && paddedWidth === width) return back;
  return tf.slice(back, [0, 0, 0, 0], [batch, height, width, channels]);
}

/** Moves the first `count` cells of an axis behind the others. */
function roll(x: tf.Tensor4D, axis: 1 | 2, count: number): tf.Tensor4D {
  const extent = x.shape[axis];
  const first = count % extent;
  return first === 0 ? x : tf.concat(tf.split<tf.Tensor4D>(x, [first, extent - first], axis).reverse(), axis);
}
