import * as tf from '@tensorflow/tfjs';
import { floats, integers, truths } from '../check-op.js';
import type { OpCase } from '../check-op.js';

type Unary = (x: tf.Tensor) => tf.Tensor;
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const smooth: Record<string, Unary> = {
  abs: tf.abs,
  asinh: tf.asinh,
  atan: tf.atan,
  cos: tf.cos,
  cosh: tf.cosh,
  elu: tf.elu,
  erf: tf.erf,
  exp: tf.exp,
  expm1: tf.expm1,
  leakyRelu: (x) => tf.leakyRelu(x, 0.3),
  neg: tf.neg,
  relu: tf.relu,
  relu6: (x) => tf.relu6(tf.mul(x, 8)),
  selu: tf.selu,
  sigmoid: tf.sigmoid,
  logSigmoid: tf.logSigmoid,
  sign: tf.sign,
  sin: tf.sin,
  sinh: tf.sinh,
  softplus: tf.softplus,
  square: tf.square,
  tan: tf.tan,
  tanh: tf.tanh,
  floor: (x) => tf.floor(tf.mul(x, 7)),
  ceil: (x) => tf.ceil(tf.mul(x, 7)),
  round: (x) => tf.round(tf.mul(x, 7)),
  clip: (x) => tf.clipByValue(x, -0.5, 0.25),
  step: (x) => tf.step(x, 0.1),
  prelu: (x) => tf.prelu(x, tf.tensor1d([0.1, 0.2, 0.3])),
};
const positive: Record<string, Unary> = {
  acosh: (x) => tf.acosh(tf.add(x, 1.1)),
  log: tf.log,
  log1p: tf.log1p,
  reciprocal: tf.reciprocal,
  rsqrt: tf.rsqrt,
  sqrt: tf.sqrt,
  acos: (x) => tf.acos(tf.mul(x, 0.3)),
  asin: (x) => tf.asin(tf.mul(x, 0.3)),
  atanh: (x) => tf.atanh(tf.mul(x, 0.3)),
  pow: (x) => tf.pow(x, 1.7),
};
const binary: Record<string, Binary> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  divNoNan: tf.divNoNan,
  maximum: tf.maximum,
  minimum: tf.minimum,
  squaredDifference: tf.squaredDifference,
  atan2: tf.atan2,
};
const comparisons: Record<string, Binary> = {
  equal: tf.equal,
  notEqual: tf.notEqual,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
  floorDiv: (a, b) => tf.floorDiv(tf.sub(a, 2), tf.add(b, 1)),
  mod: (a, b) => tf.mod(tf.sub(a, 2), tf.add(b, 1)),
};
const shapes: readonly (readonly [readonly number[], readonly number[]])[] = [
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3], [3]],
  [[3], [2, 1]],
  [[], [4]],
  [
    [2, 1, 3],
    [4, 1],
  ],
];

/** TensorFlow.js computes gradients of a wrong shape for these when their operands are broadcast, or none at all. */
const withoutBroadcastGradient = new Set(['divNoNan', 'maximum', 'minimum', 'squaredDifference']);

/** Each op of this group, with shapes that matter. */
export const elementwiseCases: readonly OpCase[] = [
  ...Object.entries(smooth).map(([name, op]) => ({ name, op, inputs: [floats([4, 3], -2, 2)] })),
  ...Object.entries(positive).map(([name, op]) => ({ name, op, inputs: [floats([4, 3], 0.1, 3)] })),
  ...Object.entries(binary).flatMap(([name, op]) =>
    shapes.map(([a, b]) => ({
      name: `${name} of [${a.join()}] and [${b.join()}]`,
      op,
      inputs: [floats(a, 0.2, 2), floats(b, 0.3, 2)],
      gradient: a.join() === b.join() ? name !== 'divNoNan' : !withoutBroadcastGradient.has(name),
    })),
  ),
  ...Object.entries(comparisons).flatMap(([name, op]) => [
    { name: `${name} of int32`, op, inputs: [integers([5, 4], 4), integers([4], 4)], gradient: false },
    { name: `${name} of float32`, op, inputs: [floats([5, 4], -3, 3), floats([4], 1, 3)], gradient: false },
  ]),
  { name: 'pow of two tensors', op: (a, b) => tf.pow(a, b), inputs: [floats([3, 2], 0.2, 2), floats([2], 0.5, 2)] },
  { name: 'where', op: (c, a, b) => tf.where(c, a, b), inputs: [truths([2, 3]), floats([2, 3]), floats([2, 3])] },
  { name: 'where of truths', op: (c, a, b) => tf.where(c, a, b), inputs: [truths([4]), truths([4]), truths([4])] },
  {
    name: 'logic',
    op: (a, b) => [tf.logicalAnd(a, b), tf.logicalOr(a, b), tf.logicalXor(a, b), tf.logicalNot(a)],
    inputs: [truths([6]), truths([6])],
  },
  {
    name: 'mod, forward and gradient',
    op: (a, b) => tf.mod(a, b),
    inputs: [floats([3, 4], 0.3, 5), floats([4], 1.1, 2)],
  },
  {
    name: 'casts',
    op: (x) => [tf.cast(x, 'int32'), tf.cast(x, 'bool'), tf.cast(tf.cast(x, 'int32'), 'float32')],
    inputs: [floats([7], -3, 3)],
    gradient: false,
  },
  { name: 'sum of many', op: (a, b, c) => tf.addN([a, b, c]), inputs: [floats([3]), floats([3]), floats([3])] },
  {
    name: 'finite tests',
    op: (x) => {
      const q = tf.div(x, tf.floor(tf.abs(x)));
      return [tf.isNaN(q), tf.isInf(q), tf.isFinite(q)];
    },
    inputs: [floats([9], -2, 2)],
    gradient: false,
  },
  { name: 'an empty tensor', op: (x) => tf.add(tf.exp(x), 1), inputs: [floats([0, 3])], gradient: false },
  {
    name: 'splats only',
    op: () => tf.exp(tf.add(tf.ones([2, 1]), tf.zeros([3]))),
    inputs: [floats([1])],
    gradient: false,
  },
];
