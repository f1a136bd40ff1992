import * as tf from '@tensorflow/tfjs';
import type { TensorValue } from '../../engine.js';
import { floats } from '../check-op.js';
import type { OpCase } from '../check-op.js';

type Padding = 'same' | 'valid' | number;
interface Geometry {
  readonly image: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly pad: Padding;
}

const geometries: readonly Geometry[] = [
  { image: [6, 7], kernel: [3, 3], strides: [1, 1], pad: 'same' },
  { image: [6, 7], kernel: [3, 3], strides: [2, 2], pad: 'same' },
  { image: [7, 6], kernel: [3, 3], strides: [2, 2], pad: 1 },
  { image: [8, 8], kernel: [7, 7], strides: [2, 2], pad: 3 },
  { image: [5, 5], kernel: [1, 1], strides: [1, 1], pad: 'valid' },
  { image: [5, 6], kernel: [1, 1], strides: [2, 2], pad: 0 },
  { image: [6, 5], kernel: [2, 3], strides: [1, 2], pad: 'valid' },
  { image: [9, 4], kernel: [2, 2], strides: [3, 1], pad: 'same' },
  { image: [3, 3], kernel: [3, 3], strides: [1, 1], pad: 2 },
  { image: [8, 8], kernel: [2, 2], strides: [2, 2], pad: 'valid' },
];
const describeGeometry = ({ image, kernel, strides, pad }: Geometry) =>
  `${image.join('x')}, window ${kernel.join('x')}, strides ${strides.join('x')}, pad ${pad}`;

const imageOf = ({ image }: Geometry, channels: number): TensorValue => floats([2, ...image, channels]);
const steps = ({ strides }: Geometry): [number, number] => [...strides];

/** Each op of this group, with shapes that matter. */
export const convolutionCases: readonly OpCase[] = [
  ...geometries.flatMap((geometry) => [
    {
      name: `conv2d ${describeGeometry(geometry)}`,
      op: (x: tf.Tensor, w: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, steps(geometry), geometry.pad),
      inputs: [imageOf(geometry, 3), floats([...geometry.kernel, 3, 4])],
    },
    {
      name: `depthwiseConv2d ${describeGeometry(geometry)}`,
      op: (x: tf.Tensor, w: tf.Tensor) =>
        tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, steps(geometry), geometry.pad),
      inputs: [imageOf(geometry, 3), floats([...geometry.kernel, 3, 1])],
    },
    {
      name: `depthwiseConv2d, two for each channel, ${describeGeometry(geometry)}`,
      op: (x: tf.Tensor, w: tf.Tensor) =>
        tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, steps(geometry), geometry.pad),
      inputs: [imageOf(geometry, 3), floats([...geometry.kernel, 3, 2])],
    },
    ...(geometry.pad === 2
      ? []
      : [
          {
            name: `maxPool ${describeGeometry(geometry)}`,
            op: (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, [...geometry.kernel], steps(geometry), geometry.pad),
            inputs: [imageOf(geometry, 3)],
          },
          {
            name: `avgPool ${describeGeometry(geometry)}`,
            op: (x: tf.Tensor) => tf.avgPool(x as tf.Tensor4D, [...geometry.kernel], steps(geometry), geometry.pad),
            inputs: [imageOf(geometry, 3)],
          },
        ]),
  ]),
  {
    name: 'conv2d dilated',
    op: (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same', 'NHWC', 2),
    inputs: [floats([1, 7, 8, 2]), floats([3, 3, 2, 3])],
    gradient: false,
  },
  {
    name: 'conv2d with asymmetric padding',
    op: (x, w) =>
      tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, [
        [0, 0],
        [0, 1],
        [1, 2],
        [0, 0],
      ]),
    inputs: [floats([1, 7, 8, 2]), floats([3, 3, 2, 3])],
  },
  {
    name: 'conv1d',
    op: (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 2, 'same'),
    inputs: [floats([2, 9, 3]), floats([3, 3, 4])],
  },
  {
    name: 'conv2dTranspose',
    op: (x, w) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [2, 8, 10, 4], 2, 'same'),
    inputs: [floats([2, 4, 5, 3]), floats([3, 3, 4, 3])],
  },
  {
    name: 'separableConv2d',
    op: (x, d, p) => tf.separableConv2d(x as tf.Tensor4D, d as tf.Tensor4D, p as tf.Tensor4D, 1, 'same'),
    inputs: [floats([1, 5, 6, 3]), floats([3, 3, 3, 2]), floats([1, 1, 6, 4])],
  },
  {
    name: 'conv2d, scale and shift of channels',
    op: (x, w, s, b) => tf.relu(tf.add(tf.mul(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'), s), b)),
    inputs: [floats([2, 5, 5, 3]), floats([3, 3, 3, 4]), floats([4]), floats([4])],
  },
  {
    name: 'batchNorm',
    op: (x, m, v, o, s) => tf.batchNorm(x, m, v, o, s, 1e-3),
    inputs: [floats([2, 3, 4, 5]), floats([5]), floats([5], 0.5, 2), floats([5]), floats([5])],
  },
  {
    name: 'localResponseNormalization',
    op: (x) => tf.localResponseNormalization(x as tf.Tensor4D, 2, 1, 0.3, 0.6),
    inputs: [floats([2, 3, 3, 7])],
  },
  ...[undefined, 'relu', 'relu6', 'sigmoid'].flatMap((activation) => [
    {
      name: `fused conv2d ${activation ?? 'linear'}`,
      op: (x: tf.Tensor, w: tf.Tensor, bias: tf.Tensor) =>
        tf.fused.conv2d({
          x: x as tf.Tensor4D,
          filter: w as tf.Tensor4D,
          strides: 2,
          pad: 'same',
          bias,
          activation: activation as 'relu',
        }),
      inputs: [floats([1, 6, 7, 3]), floats([3, 3, 3, 4]), floats([4])],
      gradient: false,
    },
    {
      name: `fused depthwiseConv2d ${activation ?? 'linear'}`,
      op: (x: tf.Tensor, w: tf.Tensor, bias: tf.Tensor) =>
        tf.fused.depthwiseConv2d({
          x: x as tf.Tensor4D,
          filter: w as tf.Tensor4D,
          strides: 2,
          pad: 'same',
          bias,
          activation: activation as 'relu',
        }),
      inputs: [floats([1, 6, 7, 3]), floats([3, 3, 3, 1]), floats([3])],
      gradient: false,
    },
  ]),
  // TensorFlow.js's own gradients of resizing are right for square images only, and to the nearest neighbour for a batch of one.
  ...[7, 10, 3].map((size) => ({
    name: `resizeBilinear of a square to ${size}, with its gradient`,
    op: (x: tf.Tensor) => tf.image.resizeBilinear(x as tf.Tensor4D, [size, size]),
    inputs: [floats([2, 5, 5, 3])],
  })),
  {
    name: 'resizeNearestNeighbor of a square to its double, with its gradient',
    op: (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [10, 10]),
    inputs: [floats([1, 5, 5, 3])],
  },
  { name: 'global average', op: (x) => tf.mean(x, [1, 2]), inputs: [floats([2, 4, 5, 3])] },
  {
    name: 'maxPoolWithArgmax',
    op: (x) => {
      const { result, indexes } = tf.maxPoolWithArgmax(x as tf.Tensor4D, 2, 2, 'valid');
      return [result, tf.cast(indexes, 'int32')];
    },
    inputs: [floats([1, 4, 6, 3])],
    gradient: false,
  },
  {
    name: 'dilation2d',
    op: (x, w) => tf.dilation2d(x as tf.Tensor4D, w as tf.Tensor3D, 1, 'same', 1),
    inputs: [floats([1, 5, 6, 2]), floats([3, 3, 2])],
    gradient: false,
  },
  ...[
    [false, false],
    [true, false],
    [false, true],
  ].flatMap(([alignCorners, halfPixels]) =>
    [
      [7, 9],
      [3, 2],
      [4, 10],
    ].flatMap(([height, width]) => [
      {
        name: `resizeBilinear to ${height}x${width}, corners ${alignCorners}, half pixels ${halfPixels}`,
        op: (x: tf.Tensor) => tf.image.resizeBilinear(x as tf.Tensor4D, [height, width], alignCorners, halfPixels),
        inputs: [floats([2, 4, 5, 3])],
        gradient: false,
      },
      {
        name: `resizeNearestNeighbor to ${height}x${width}, corners ${alignCorners}, half pixels ${halfPixels}`,
        op: (x: tf.Tensor) =>
          tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [height, width], alignCorners, halfPixels),
        inputs: [floats([2, 4, 5, 3])],
        gradient: false,
      },
    ]),
  ),
];
