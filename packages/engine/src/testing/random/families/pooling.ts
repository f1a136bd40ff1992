import * as tf from '@tensorflow/tfjs';
import type { Draws } from '../draws.js';
import type { RandomOp } from '../random-op.js';
import { volumeGeometry } from './convolution.js';

type Pair = [number, number];

interface Pooling {
  readonly image: Pair;
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly pad: 'same' | 'valid' | number;
}

function pooling(draws: Draws): Pooling {
  const square = draws.flag(1 / 3);
  const side = draws.integer(2, 3);
  const kernel: Pair = square ? [side, side] : [draws.integer(1, 3), draws.integer(1, 3)];
  const step = draws.integer(1, 3);
  const strides: Pair = square ? [step, step] : [step, draws.integer(1, 3)];
  const image: Pair = [kernel[0] + draws.integer(0, 4), kernel[1] + draws.integer(0, 4)];
  return {
    image,
    kernel,
    strides,
    pad: square ? draws.pick([1, 'same'] as const) : draws.pick(['same', 'valid'] as const),
  };
}

const image4d = (x: tf.Tensor) => x as tf.Tensor4D;

export const poolingFamily: readonly RandomOp[] = [
  ...(['maxPool', 'avgPool'] as const).flatMap((name) => [
    {
      name,
      draw: (draws: Draws) => {
        const { image, kernel, strides, pad } = pooling(draws);
        return {
          op: (x: tf.Tensor) => tf[name](image4d(x), kernel, strides, pad),
          inputs: [draws.floats([draws.flag(1 / 12) ? 0 : 2, ...image, draws.integer(1, 3)])],
          detail: { kernel, strides, pad },
        };
      },
    },
    {
      name: `${name}3d`,
      draw: (draws: Draws) => {
        const { volume, kernel, strides, pad } = volumeGeometry(draws);
        const filter: [number, number, number] = [kernel[0], kernel[1], kernel[2]];
        const op = name === 'maxPool' ? tf.maxPool3d : tf.avgPool3d;
        return {
          op: (x: tf.Tensor) => op(x as tf.Tensor5D, filter, strides, pad),
          inputs: [draws.floats([2, ...volume, 2])],
          detail: { kernel, strides, pad },
        };
      },
    },
    {
      name: `${name} of ties`,
      draw: (draws: Draws) => {
        const { image, kernel, strides, pad } = pooling(draws);
        return {
          op: (x: tf.Tensor) => tf[name](image4d(tf.relu(x)), kernel, strides, pad),
          inputs: [draws.floats([1, ...image, 2], -3, 1)],
          // Where all elements of a window are equal, moving one has another effect on either side.
          differences: name === 'avgPool',
          detail: { kernel, strides, pad },
        };
      },
    },
  ]),
  {
    name: 'dilated pooling',
    draw: (draws) => {
      const kind = draws.pick(['max', 'avg'] as const);
      return {
        op: (x) => tf.pool(image4d(x), 2, kind, 'same', 2, 1),
        inputs: [draws.floats([1, draws.integer(3, 6), draws.integer(3, 6), 2])],
        detail: kind,
      };
    },
  },
  {
    name: 'maxPoolWithArgmax',
    draw: (draws) => {
      const { image, kernel, strides, pad } = pooling(draws);
      const batch = draws.flag();
      return {
        op: (x) => {
          const { result, indexes } = tf.maxPoolWithArgmax(
            image4d(x),
            kernel,
            strides,
            pad === 1 ? 'same' : pad,
            batch,
          );
          return [result, tf.cast(indexes, 'int32')];
        },
        inputs: [draws.floats([2, ...image, 2])],
        detail: { kernel, strides, pad, batch },
      };
    },
  },
];
