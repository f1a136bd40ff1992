import { tf } from '@query2label/sdk';

/** Pixels on a side of the squares that become one cell. */
export const CELL = 4;

/**
 * Moves squares of 4 by 4 pixels into channels: `[batch, height, width, 3] -> [batch, height / 4, width / 4, 48]`, channel
 * `(row * 4 + column) * 3 + colour`, the order of the official weights.
 */
export function spaceToDepth(images: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, colours] = images.shape;
  const [rows, columns] = [height / CELL, width / CELL];
  // [batch, rows, 4, columns, 4 * 3]: a row of a square is one run of pixels
  const squares = tf.reshape(images, [batch, rows, CELL, columns, CELL * colours]);
  return tf.reshape<tf.Rank.R4>(tf.transpose(squares, [0, 1, 3, 2, 4]), [batch, rows, columns, CELL * CELL * colours]);
}
