import * as tf from '@tensorflow/tfjs';
import type { TensorValue } from '../../../engine.js';
import type { Draws } from '../draws.js';
import type { RandomOp } from '../random-op.js';

type Unary = (x: tf.Tensor) => tf.Tensor;
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

/** Ops of one float32 tensor, by the range of values that they take. */
const unary: readonly (readonly [low: number, high: number, ops: Readonly<Record<string, Unary>>])[] = [
  [
    -2.5,
    2.5,
    {
      abs: tf.abs,
      asinh: tf.asinh,
      atan: tf.atan,
      ceil: tf.ceil,
      clipByValue: (x) => tf.clipByValue(x, -0.5, 1.25),
      cos: tf.cos,
      cosh: tf.cosh,
      elu: tf.elu,
      erf: tf.erf,
      exp: tf.exp,
      expm1: tf.expm1,
      floor: tf.floor,
      leakyRelu: (x) => tf.leakyRelu(x, 0.3),
      logSigmoid: tf.logSigmoid,
      neg: tf.neg,
      relu: tf.relu,
      relu6: (x) => tf.relu6(tf.mul(x, 4)),
      round: tf.round,
      selu: tf.selu,
      sigmoid: tf.sigmoid,
      sign: tf.sign,
      sin: tf.sin,
      sinh: tf.sinh,
      softplus: tf.softplus,
      square: tf.square,
      step: (x) => tf.step(x, 0.25),
      tanh: tf.tanh,
      identity: tf.clone,
      onesLike: (x) => tf.add(tf.onesLike(x), tf.mul(x, 2)),
      zerosLike: (x) => tf.add(tf.zerosLike(x), x),
      'gelu by composition': (x) => tf.mul(tf.mul(x, 0.5), tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2)))),
      'swish by composition': (x) => tf.mul(x, tf.sigmoid(x)),
    },
  ],
  [-0.9, 0.9, { acos: tf.acos, asin: tf.asin, atanh: tf.atanh, tan: tf.tan }],
  [
    0.25,
    3,
    {
      acosh: (x) => tf.acosh(tf.add(x, 1)),
      log: tf.log,
      log1p: tf.log1p,
      pow: (x) => tf.pow(x, 1.7),
      reciprocal: tf.reciprocal,
      rsqrt: tf.rsqrt,
      sqrt: tf.sqrt,
    },
  ],
];

const binary: Readonly<Record<string, Binary>> = {
  add: tf.add,
  atan2: tf.atan2,
  div: tf.div,
  maximum: tf.maximum,
  minimum: tf.minimum,
  mul: tf.mul,
  pow: tf.pow,
  squaredDifference: tf.squaredDifference,
  sub: tf.sub,
};

const comparisons: Readonly<Record<string, Binary>> = {
  equal: tf.equal,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
  notEqual: tf.notEqual,
};

/** Whole-number arithmetic; results are exact. */
const wholeNumbers: Readonly<Record<string, Binary>> = {
  ...comparisons,
  add: tf.add,
  bitwiseAnd: (a, b) => tf.bitwiseAnd(tf.add(a, tf.zerosLike(b)), tf.add(b, tf.zerosLike(a))),
  floorDiv: (a, b) => tf.floorDiv(a, tf.add(tf.abs(b), tf.scalar(1, 'int32'))),
  maximum: tf.maximum,
  minimum: tf.minimum,
  mod: (a, b) => tf.mod(a, tf.add(tf.abs(b), tf.scalar(1, 'int32'))),
  mul: tf.mul,
  squaredDifference: tf.squaredDifference,
  sub: tf.sub,
};

function pair(draws: Draws, low: number, high: number): TensorValue[] {
  const [a, b] = draws.broadcastPair();
  return [draws.floats(a, low, high), draws.floats(b, low, high)];
}

export const elementwiseFamily: readonly RandomOp[] = [
  ...unary.flatMap(([low, high, ops]) =>
    Object.entries(ops).map(([name, op]) => ({
      name,
      // Few elements, so that all lie in the range.
      draw: (draws: Draws) => ({
        op,
        inputs: [draws.floats(draws.shape({ rank: [0, 2], extent: [1, 3] }), low, high)],
      }),
    })),
  ),
  ...Object.entries(binary).map(([name, op]) => ({
    name,
    draw: (draws: Draws) => ({ op, inputs: pair(draws, 0.25, 3) }),
  })),
  ...Object.entries(wholeNumbers).map(([name, op]) => ({
    name: `${name} of int32`,
    draw: (draws: Draws) => {
      const [a, b] = draws.broadcastPair();
      return { op, inputs: [draws.integers(a, -9, 9), draws.integers(b, -9, 9)] };
    },
  })),
  ...Object.entries(comparisons).map(([name, op]) => ({
    name: `${name} as a mask`,
    draw: (draws: Draws) => {
      const masked = (a: tf.Tensor, b: tf.Tensor) => tf.mul(tf.cast(op(a, b), 'float32'), tf.add(a, b));
      return { op: masked, inputs: pair(draws, -2, 2) };
    },
  })),
  {
    name: 'floorDiv of float32',
    draw: (draws) => ({
      op: (a, b) => tf.mul(tf.cast(tf.floorDiv(a, tf.add(b, 7)), 'float32'), a),
      inputs: pair(draws, 0.25, 3),
    }),
  },
  {
    // Between one and two times b, however many are drawn: away from the jumps.
    name: 'mod',
    draw: (draws) => ({
      op: (a, b) => tf.mod(tf.add(tf.mul(a, 0.1), 6), tf.add(tf.mul(b, 0.1), 4.4)),
      inputs: pair(draws, -2.5, 2.5),
    }),
  },
  {
    name: 'addN',
    draw: (draws) => {
      const shape = draws.shape();
      const inputs = Array.from({ length: draws.integer(1, 4) }, () => draws.floats(shape));
      return { op: (...terms: tf.Tensor[]) => tf.addN(terms), inputs };
    },
  },
  {
    name: 'prelu',
    draw: (draws) => {
      const shape = draws.shape({ rank: [1, 4] });
      return { op: tf.prelu, inputs: [draws.floats(shape), draws.floats(shape.slice(-1), 0.1, 0.9)] };
    },
  },
  {
    name: 'where',
    draw: (draws) => {
      const shape = draws.shape();
      return { op: tf.where, inputs: [draws.truths(shape), draws.floats(shape), draws.floats(shape)] };
    },
  },
  {
    name: 'where of int32 and of truths',
    draw: (draws) => {
      const shape = draws.shape();
      const inputs = [draws.truths(shape), draws.integers(shape, -5, 5), draws.truths(shape)];
      return { op: (c, a, b) => [tf.where(c, a, tf.neg(a)), tf.where(c, b, tf.logicalNot(b))], inputs };
    },
  },
  {
    name: 'logic',
    draw: (draws) => {
      const [a, b] = draws.broadcastPair();
      return {
        op: (x, y) => [tf.logicalAnd(x, y), tf.logicalOr(x, y), tf.logicalXor(x, y), tf.logicalNot(x)],
        inputs: [draws.truths(a), draws.truths(b)],
      };
    },
  },
  {
    name: 'logic as a mask',
    draw: (draws) => {
      const shape = draws.shape();
      return {
        op: (x, y) => {
          const mask = tf.logicalAnd(tf.logicalOr(tf.greater(x, 0), tf.less(y, 1)), tf.logicalNot(tf.equal(x, y)));
          return tf.mul(x, tf.cast(mask, 'float32'));
        },
        inputs: [draws.floats(shape), draws.floats(shape)],
      };
    },
  },
  {
    name: 'cast',
    draw: (draws) => {
      const shape = draws.shape();
      return {
        op: (x, i, t) => [
          tf.cast(x, 'int32'),
          tf.cast(x, 'bool'),
          tf.cast(i, 'float32'),
          tf.cast(i, 'bool'),
          tf.cast(t, 'float32'),
          tf.cast(t, 'int32'),
          tf.mul(x, tf.cast(tf.cast(x, 'int32'), 'float32')),
        ],
        inputs: [draws.floats(shape), draws.integers(shape, -3, 3), draws.truths(shape)],
      };
    },
  },
  {
    name: 'isNaN, isInf, isFinite',
    draw: (draws) => ({
      op: (x) => {
        const q = tf.div(x, tf.floor(tf.abs(x)));
        return [tf.isNaN(q), tf.isInf(q), tf.isFinite(q)];
      },
      inputs: [draws.floats(draws.shape())],
      gradient: false,
    }),
  },
];
