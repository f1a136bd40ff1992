import * as tf from '@tensorflow/tfjs';
import type { Draws } from '../draws.js';
import type { DrawnCase, RandomOp } from '../random-op.js';

type Pair = [number, number];
type Sides = [number, number];
type Pad = 'same' | 'valid' | [Sides, Sides, Sides, Sides];

interface Geometry {
  readonly image: Pair;
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly pad: Pad;
}

function geometry(draws: Draws, padded = true): Geometry {
  const kernel: Pair = [draws.integer(1, 3), draws.integer(1, 3)];
  const dilated = draws.flag(1 / 3);
  const dilations: Pair = dilated ? [draws.integer(1, 2), draws.integer(1, 3)] : [1, 1];
  const strides: Pair = dilated ? [1, 1] : [draws.integer(1, 3), draws.integer(1, 3)];
  const reach = kernel.map((extent, axis) => (extent - 1) * dilations[axis] + 1);
  const sides = (): Sides => [draws.integer(0, 2), draws.integer(0, 2)];
  const pads: Pad[] = ['same', 'valid', ...(padded ? [[[0, 0], sides(), sides(), [0, 0]] as Pad] : [])];
  const image: Pair = [reach[0] + draws.integer(0, 3), reach[1] + draws.integer(0, 3)];
  return { image, kernel, strides, dilations, pad: draws.pick(pads) };
}

const batchOf = (draws: Draws) => (draws.flag(1 / 12) ? 0 : draws.integer(1, 2));
const image4d = (x: tf.Tensor) => x as tf.Tensor4D;

/** A convolution whose forward pass and gradients are linear in each input: tolerances may stay small. */
function planar(name: string, make: (draws: Draws, shape: Geometry) => DrawnCase): RandomOp {
  return {
    name,
    draw: (draws) => {
      const shape = geometry(draws);
      return { detail: shape, ...make(draws, shape) };
    },
  };
}

const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const;

interface Volume {
  readonly volume: number[];
  readonly kernel: number[];
  readonly strides: [number, number, number];
  readonly pad: 'same' | 'valid';
}

/** TensorFlow.js pads volumes wrongly where a stride is longer than the window, so that none is here. */
export function volumeGeometry(draws: Draws): Volume {
  const kernel = [0, 0, 0].map(() => draws.integer(1, 3));
  const strides = kernel.map((extent) => draws.integer(1, Math.min(2, extent)));
  return {
    volume: kernel.map((extent) => extent + draws.integer(0, 2)),
    kernel,
    strides: [strides[0], strides[1], strides[2]],
    pad: draws.pick(['same', 'valid'] as const),
  };
}

export const convolutionFamily: readonly RandomOp[] = [
  planar('conv2d', (draws, { image, kernel, strides, dilations, pad }) => {
    const [inputs, outputs] = [draws.integer(1, 3), draws.integer(1, 3)];
    return {
      op: (x, w) => tf.conv2d(image4d(x), image4d(w), strides, pad, 'NHWC', dilations),
      inputs: [draws.floats([batchOf(draws), ...image, inputs]), draws.floats([...kernel, inputs, outputs])],
    };
  }),
  planar('depthwiseConv2d', (draws, { image, kernel, strides, dilations, pad }) => {
    const [channels, multiplier] = [draws.integer(1, 3), draws.integer(1, 2)];
    return {
      op: (x, w) => tf.depthwiseConv2d(image4d(x), image4d(w), strides, pad, 'NHWC', dilations),
      inputs: [
        draws.floats([draws.integer(1, 2), ...image, channels]),
        draws.floats([...kernel, channels, multiplier]),
      ],
    };
  }),
  planar('separableConv2d', (draws, { image, kernel, dilations }) => ({
    op: (x, d, p) => tf.separableConv2d(image4d(x), image4d(d), image4d(p), 1, 'same', dilations),
    inputs: [draws.floats([1, ...image, 2]), draws.floats([...kernel, 2, 2]), draws.floats([1, 1, 4, 3])],
  })),
  planar('conv2d in groups, by composition', (draws, { image, kernel, strides, dilations, pad }) => ({
    op: (x, w) => {
      const weights = tf.split<tf.Tensor4D>(image4d(w), 2, 3);
      const parts = tf
        .split<tf.Tensor4D>(image4d(x), 2, 3)
        .map((part, group) => tf.conv2d(part, weights[group], strides, pad, 'NHWC', dilations));
      return tf.concat(parts, 3);
    },
    inputs: [draws.floats([1, ...image, 4]), draws.floats([...kernel, 2, 6])],
  })),
  planar('conv2d, normalised and rectified', (draws, { image, kernel, strides, pad }) => ({
    op: (x, w, scale, shift) => tf.elu(tf.add(tf.mul(tf.conv2d(image4d(x), image4d(w), strides, pad), scale), shift)),
    inputs: [draws.floats([2, ...image, 2]), draws.floats([...kernel, 2, 3]), draws.floats([3]), draws.floats([3])],
  })),
  {
    name: 'conv1d',
    draw: (draws) => {
      const [kernel, channels, stride] = [draws.integer(1, 4), draws.integer(1, 3), draws.integer(1, 2)];
      const dilation = stride === 1 ? draws.integer(1, 2) : 1;
      const length = (kernel - 1) * dilation + 1 + draws.integer(0, 4);
      const pad = draws.pick(['same', 'valid'] as const);
      return {
        op: (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, stride, pad, 'NWC', dilation),
        inputs: [draws.floats([2, length, channels]), draws.floats([kernel, channels, 2])],
        detail: { stride, dilation, pad },
      };
    },
  },
  {
    name: 'conv2dTranspose',
    draw: (draws) => {
      const [kernel, strides] = [
        [draws.integer(1, 3), draws.integer(1, 3)],
        [draws.integer(1, 2), draws.integer(1, 2)] as Pair,
      ];
      const pad = draws.pick(['same', 'valid'] as const);
      const image = [draws.integer(1, 4), draws.integer(1, 4)];
      const size = image.map((extent, axis) =>
        pad === 'same' ? extent * strides[axis] : (extent - 1) * strides[axis] + kernel[axis],
      );
      return {
        op: (x, w) => tf.conv2dTranspose(image4d(x), image4d(w), [2, size[0], size[1], 3], strides, pad),
        inputs: [draws.floats([2, ...image, 2]), draws.floats([...kernel, 3, 2])],
        detail: { strides, pad },
      };
    },
  },
  {
    name: 'conv3d',
    draw: (draws) => {
      const { volume, kernel, strides, pad } = volumeGeometry(draws);
      return {
        op: (x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, strides, pad),
        inputs: [draws.floats([1, ...volume, 2]), draws.floats([...kernel, 2, 2])],
        detail: { strides, pad },
      };
    },
  },
  {
    name: 'conv3dTranspose',
    draw: (draws) => {
      const { volume, kernel, strides, pad } = volumeGeometry(draws);
      const size = volume.map((extent, axis) =>
        pad === 'same' ? extent * strides[axis] : (extent - 1) * strides[axis] + kernel[axis],
      );
      return {
        op: (x, w) =>
          tf.conv3dTranspose(x as tf.Tensor5D, w as tf.Tensor5D, [1, size[0], size[1], size[2], 2], strides, pad),
        inputs: [draws.floats([1, ...volume, 1]), draws.floats([...kernel, 2, 1])],
        detail: { strides, pad },
      };
    },
  },
  {
    name: 'dilation2d',
    draw: (draws) => {
      const { image, kernel, strides, dilations, pad } = geometry(draws, false);
      const padding = pad === 'same' ? 'same' : 'valid';
      return {
        op: (x, w) => tf.dilation2d(image4d(x), w as tf.Tensor3D, strides, padding, dilations),
        // Steps of the filter that are larger than the image's range keep the sums apart, so that none becomes the largest when moved.
        inputs: [
          draws.floats([2, ...image, 2]),
          {
            dtype: 'float32',
            shape: [...kernel, 2],
            data: Float32Array.from(
              { length: kernel[0] * kernel[1] * 2 },
              (_, index) => ((Math.floor(index / 2) * 7) % 26) * 5,
            ),
          },
        ],
        detail: { strides, dilations, padding },
      };
    },
  },
  ...(['conv2d', 'depthwiseConv2d'] as const).map((name) => ({
    name: `fused ${name}`,
    draw: (draws: Draws) => {
      const { image, kernel, strides, pad: drawn } = geometry(draws, false);
      const pad: 'same' | 'valid' = drawn === 'same' ? 'same' : 'valid';
      const activation = draws.pick(activations);
      const outputs = name === 'conv2d' ? 3 : 2;
      const common = { strides, pad, activation, leakyreluAlpha: 0.1 };
      return {
        op: (x: tf.Tensor, w: tf.Tensor, bias: tf.Tensor) =>
          tf.fused[name]({ x: image4d(x), filter: image4d(w), bias, ...common }),
        inputs: [
          draws.floats([1, ...image, 2]),
          draws.floats([...kernel, 2, name === 'conv2d' ? 3 : 1]),
          draws.floats([outputs]),
        ],
        gradient: activation === 'linear' || activation === 'sigmoid',
        detail: common,
      };
    },
  })),
];
