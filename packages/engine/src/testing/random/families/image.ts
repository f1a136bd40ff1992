import * as tf from '@tensorflow/tfjs';
import type { Draws } from '../draws.js';
import type { RandomOp } from '../random-op.js';

const image4d = (x: tf.Tensor) => x as tf.Tensor4D;
const images = (draws: Draws) => [draws.integer(1, 2), draws.integer(1, 5), draws.integer(1, 5), draws.integer(1, 3)];

function drawnCrop(draws: Draws) {
  const shape = images(draws);
  const size: [number, number] = [draws.integer(1, 4), draws.integer(1, 4)];
  const count = draws.integer(1, 3);
  const method = draws.pick(['bilinear', 'nearest'] as const);
  return {
    method: `${method} to ${size.join('x')}`,
    crop: (x: tf.Tensor, boxes: tf.Tensor, owners: tf.Tensor) =>
      tf.image.cropAndResize(
        image4d(x),
        boxes as tf.Tensor2D,
        tf.cast(owners, 'int32') as tf.Tensor1D,
        size,
        method,
        0.5,
      ),
    picture: draws.floats(shape),
    boxes: draws.floats([count, 4], -0.2, 1.2),
    owners: draws.integers([count], 0, shape[0] - 1),
  };
}

export const imageFamily: readonly RandomOp[] = [
  ...(['resizeBilinear', 'resizeNearestNeighbor'] as const).map((name) => ({
    name,
    draw: (draws: Draws) => {
      const size: [number, number] = [draws.integer(1, 9), draws.integer(1, 9)];
      const [corners, halfPixels] = draws.pick([
        [false, false],
        [true, false],
        [false, true],
      ] as const);
      return {
        op: (x: tf.Tensor) => tf.image[name](image4d(x), size, corners, halfPixels),
        inputs: [draws.floats(images(draws))],
        detail: { size, corners, halfPixels },
      };
    },
  })),
  {
    name: 'cropAndResize',
    draw: (draws) => {
      const { method, crop, picture, boxes, owners } = drawnCrop(draws);
      return {
        op: (x, sides, images) => crop(x, sides, images),
        inputs: [picture, boxes, owners],
        // Crops jump where a place leaves the picture, and bend where it crosses a pixel: corrections.spec.ts has boxes that do not.
        differences: false,
        detail: method,
      };
    },
  },
  {
    name: 'cropAndResize of fixed boxes',
    draw: (draws) => {
      const { method, crop, picture, boxes, owners } = drawnCrop(draws);
      return {
        op: (x) => crop(x, tf.tensor2d(boxes.data, [boxes.shape[0], 4]), tf.tensor1d(owners.data, 'int32')),
        inputs: [picture],
        detail: { method, boxes: [...boxes.data], owners: [...owners.data] },
      };
    },
  },
  {
    name: 'rotateWithOffset',
    draw: (draws) => {
      const angle = draws.uniform() * 6;
      return {
        op: (x) => tf.image.rotateWithOffset(image4d(x), angle, 0.25, [0.4, 0.5]),
        inputs: [draws.floats(images(draws))],
        detail: angle,
      };
    },
  },
  {
    name: 'flipLeftRight',
    draw: (draws) => ({ op: (x) => tf.image.flipLeftRight(image4d(x)), inputs: [draws.floats(images(draws))] }),
  },
  {
    name: 'batchNorm',
    draw: (draws) => {
      const shape = draws.shape({ rank: [2, 4], empty: false });
      const channels = shape.slice(-1);
      return {
        op: (x, mean, variance, offset, scale) => tf.batchNorm(x, mean, variance, offset, scale, 1e-2),
        inputs: [
          draws.floats(shape),
          draws.floats(channels),
          draws.floats(channels, 0.5, 2),
          draws.floats(channels),
          draws.floats(channels),
        ],
      };
    },
  },
  {
    name: 'layer normalisation by composition',
    draw: (draws) => {
      const shape = [draws.integer(1, 3), draws.integer(2, 6)];
      return {
        op: (x, scale, shift) => {
          const { mean, variance } = tf.moments(x, -1, true);
          return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 0.1))), scale), shift);
        },
        inputs: [draws.floats(shape), draws.floats(shape.slice(1)), draws.floats(shape.slice(1))],
      };
    },
  },
  {
    name: 'localResponseNormalization',
    draw: (draws) => {
      const radius = draws.integer(1, 3);
      return {
        op: (x) => tf.localResponseNormalization(image4d(x), radius, 1, 0.3, 0.6),
        inputs: [draws.floats([1, 2, 2, draws.integer(1, 7)])],
        detail: radius,
      };
    },
  },
];
