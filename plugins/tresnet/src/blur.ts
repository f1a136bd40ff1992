import { tf } from '@query2label/sdk';

/** One cell more on each side of the given axis (1: height, 2: width), reflected at the edge; an axis of one cell repeats it. */
function reflectOnce(x: tf.Tensor4D, axis: 1 | 2): tf.Tensor4D {
  const extent = x.shape[axis];
  const sliceAt = (index: number): tf.Tensor4D => {
    const begin: [number, number, number, number] = [0, 0, 0, 0];
    const size: [number, number, number, number] = [...x.shape];
    begin[axis] = index;
    size[axis] = 1;
    return tf.slice4d(x, begin, size);
  };
  return tf.concat([sliceAt(Math.min(1, extent - 1)), x, sliceAt(Math.max(0, extent - 2))], axis);
}

/**
 * Halves the size after a blur (Zhang 2019): the filter 1-2-1 in both directions with reflected edges, stride 2. The filter is two
 * averages over windows of two cells, the second with the stride; sizes round up.
 */
export function blurAndHalve(x: tf.Tensor4D): tf.Tensor4D {
  const padded = reflectOnce(reflectOnce(x, 1), 2);
  return tf.avgPool(tf.avgPool(padded, 2, 1, 'valid'), 2, 2, 'valid');
}
