import * as tf from '@tensorflow/tfjs';
import type { Initializer, ParameterDeclarations } from '../contracts/index.js';
import { fanInUniform } from './initializers.js';
import type { Layer } from './layer.js';
import { parameter4d } from './parameter-rank.js';

export interface Conv2dOptions {
  readonly inputs: number;
  readonly outputs: number;
  /** Height and width of the kernel. */
  readonly kernel: number;
  /** @default 1 */
  readonly stride?: number;
  /** Zeros on every side as in PyTorch, or TensorFlow's `same`, which pads unevenly where the stride asks for it. @default 0 */
  readonly padding?: number | 'same';
  /** Groups of channels that do not mix; `inputs` groups make the convolution depthwise. @default 1 */
  readonly groups?: number;
  /** @default true */
  readonly bias?: boolean;
  /** First values of the weight. @default uniform in +-1/sqrt(fan in) */
  readonly weightInitializer?: Initializer;
}

/**
 * Convolution of `[batch, height, width, inputs]`. Declares `weight` `[outputs, inputs / groups, kernel, kernel]` and
 * `bias` `[outputs]`.
 */
export function conv2d(parameters: ParameterDeclarations, options: Conv2dOptions): Layer {
  const { inputs, outputs, kernel, stride = 1, padding = 0, groups = 1, bias = true } = options;
  if (inputs % groups !== 0 || outputs % groups !== 0) {
    throw new RangeError(
      `Convolution "${parameters.prefix}": ${groups} groups divide neither or only one of ${inputs} input and ${outputs} output channels.`,
    );
  }
  const initial = fanInUniform((inputs / groups) * kernel * kernel);
  const weight = parameters.declare(
    'weight',
    [outputs, inputs / groups, kernel, kernel],
    options.weightInitializer ?? initial,
  );
  const offset = bias ? parameters.declare('bias', [outputs], initial) : undefined;
  return (scope, x) => {
    const y = convolve(x, parameter4d(scope, weight), { stride, padding, groups });
    return offset === undefined ? y : tf.add<tf.Tensor4D>(y, scope.parameter(offset));
  };
}

interface Geometry {
  readonly stride: number;
  readonly padding: number | 'same';
  readonly groups: number;
}

/** @param weight `[outputs, inputs / groups, height, width]` */
function convolve(x: tf.Tensor4D, weight: tf.Tensor4D, { stride, padding, groups }: Geometry): tf.Tensor4D {
  const [outputs, , kernelHeight, kernelWidth] = weight.shape;
  const inputs = x.shape[3];
  if (groups === 1) return tf.conv2d(x, tf.transpose(weight, [2, 3, 1, 0]), stride, padding);
  if (groups === inputs) {
    const multiplier = outputs / groups;
    // [inputs * multiplier, 1, height, width] -> [inputs, multiplier, height, width] -> [height, width, inputs, multiplier]
    const split = tf.reshape<tf.Rank.R4>(weight, [inputs, multiplier, kernelHeight, kernelWidth]);
    return tf.depthwiseConv2d(x, tf.transpose(split, [2, 3, 0, 1]), stride, padding);
  }
  const images = tf.split<tf.Tensor4D>(x, groups, 3);
  const weights = tf.split<tf.Tensor4D>(weight, groups, 0);
  return tf.concat(
    images.map((image, group) => convolve(image, weights[group], { stride, padding, groups: 1 })),
    3,
  );
}
