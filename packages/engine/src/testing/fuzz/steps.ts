import * as tf from '@tensorflow/tfjs';
import type { Draws } from '../random/draws.js';

/** One op of a random program. */
export interface Made {
  /** Positions of the values that it takes. */
  readonly from: readonly number[];
  readonly shape: number[];
  readonly run: (...values: tf.Tensor[]) => tf.Tensor;
  readonly write: (...names: string[]) => string;
}

/** Draws an op on some of the values there are; undefined when none has the right shape. */
export type Step = (draws: Draws, shapes: readonly number[][]) => Made | undefined;

/** A value whose shape passes; later ones are likelier. */
function choose(draws: Draws, shapes: readonly number[][], passes: (shape: number[]) => boolean): number | undefined {
  const fitting = shapes.flatMap((shape, index) => (passes(shape) ? [index, ...(index > 1 ? [index] : [])] : []));
  return fitting.length === 0 ? undefined : draws.pick(fitting);
}

const any = () => true;

/** Ops whose results stay in a range, so that programs do not overflow. */
const UNARY: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  'tf.abs(X)': tf.abs,
  'tf.tanh(X)': tf.tanh,
  'tf.sigmoid(X)': tf.sigmoid,
  'tf.relu(X)': tf.relu,
  'tf.elu(X)': tf.elu,
  'tf.sin(X)': tf.sin,
  'tf.softplus(X)': tf.softplus,
  'tf.neg(X)': tf.neg,
  'tf.sqrt(tf.add(tf.square(X), 0.5))': (x) => tf.sqrt(tf.add(tf.square(x), 0.5)),
  'tf.log1p(tf.abs(X))': (x) => tf.log1p(tf.abs(x)),
  'tf.clipByValue(X, -1, 1)': (x) => tf.clipByValue(x, -1, 1),
  'tf.erf(X)': tf.erf,
  'tf.softmax(X)': tf.softmax,
  'tf.leakyRelu(X, 0.3)': (x) => tf.leakyRelu(x, 0.3),
};

const BINARY: Readonly<Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor>> = {
  'tf.add(A, B)': tf.add,
  'tf.sub(A, B)': tf.sub,
  'tf.mul(tf.tanh(A), B)': (a, b) => tf.mul(tf.tanh(a), b),
  'tf.maximum(A, B)': tf.maximum,
  'tf.minimum(A, B)': tf.minimum,
  'tf.div(A, tf.add(tf.square(B), 1))': (a, b) => tf.div(a, tf.add(tf.square(b), 1)),
  'tf.mul(tf.cast(tf.less(A, B), "float32"), tf.sub(A, B))': (a, b) =>
    tf.mul(tf.cast(tf.less(a, b), 'float32'), tf.sub(a, b)),
};

function broadcasts(a: readonly number[], b: readonly number[]): boolean {
  return Array.from({ length: Math.min(a.length, b.length) }, (_, back) => [
    a[a.length - 1 - back],
    b[b.length - 1 - back],
  ]).every(([x, y]) => x === y || x === 1 || y === 1);
}

const unary: Step = (draws, shapes) => {
  const from = choose(draws, shapes, (shape) => shape.length > 0) ?? 0;
  const [text, run] = draws.pick(Object.entries(UNARY));
  return { from: [from], shape: shapes[from], run, write: (x) => text.replace('X', x) };
};

const binary: Step = (draws, shapes) => {
  const a = choose(draws, shapes, any) ?? 0;
  const b = choose(draws, shapes, (shape) => broadcasts(shape, shapes[a]));
  if (b === undefined) return undefined;
  const [text, run] = draws.pick(Object.entries(BINARY));
  const shape = tf.backend_util.assertAndGetBroadcastShape(shapes[a], shapes[b]);
  return { from: [a, b], shape, run, write: (x, y) => text.replaceAll('A', x).replaceAll('B', y) };
};

const REDUCTIONS = { sum: tf.sum, mean: tf.mean, max: tf.max, min: tf.min, logSumExp: tf.logSumExp } as const;

const reduction: Step = (draws, shapes) => {
  const from = choose(draws, shapes, (shape) => shape.length > 1);
  if (from === undefined) return undefined;
  const [name, reduce] = draws.pick(Object.entries(REDUCTIONS));
  const [axis, keep] = [draws.integer(0, shapes[from].length - 1), draws.flag()];
  const shape = keep
    ? shapes[from].map((extent, other) => (other === axis ? 1 : extent))
    : shapes[from].filter((_, other) => other !== axis);
  return { from: [from], shape, run: (x) => reduce(x, axis, keep), write: (x) => `tf.${name}(${x}, ${axis}, ${keep})` };
};

const transposition: Step = (draws, shapes) => {
  const from = choose(draws, shapes, (shape) => shape.length > 1);
  if (from === undefined) return undefined;
  const order = draws.order(shapes[from].length);
  const shape = order.map((axis) => shapes[from][axis]);
  return {
    from: [from],
    shape,
    run: (x) => tf.transpose(x, order),
    write: (x) => `tf.transpose(${x}, [${order.join(', ')}])`,
  };
};

const flattening: Step = (draws, shapes) => {
  const from = choose(draws, shapes, (shape) => shape.length > 1);
  if (from === undefined) return undefined;
  const [first, second, ...rest] = shapes[from];
  const shape = [first * second, ...rest];
  return {
    from: [from],
    shape,
    run: (x) => tf.reshape(x, shape),
    write: (x) => `tf.reshape(${x}, [${shape.join(', ')}])`,
  };
};

const expansion: Step = (draws, shapes) => {
  const from = choose(draws, shapes, (shape) => shape.length < 4);
  if (from === undefined) return undefined;
  const axis = draws.integer(0, shapes[from].length);
  const shape = [...shapes[from].slice(0, axis), 1, ...shapes[from].slice(axis)];
  return { from: [from], shape, run: (x) => tf.expandDims(x, axis), write: (x) => `tf.expandDims(${x}, ${axis})` };
};

const slicing: Step = (draws, shapes) => {
  const from = choose(draws, shapes, (shape) => shape.length > 0);
  if (from === undefined) return undefined;
  const begin = shapes[from].map((extent) => draws.integer(0, extent - 1));
  const shape = shapes[from].map((extent, axis) => draws.integer(1, extent - begin[axis]));
  return {
    from: [from],
    shape,
    run: (x) => tf.slice(x, begin, shape),
    write: (x) => `tf.slice(${x}, [${begin.join(', ')}], [${shape.join(', ')}])`,
  };
};

const joining: Step = (draws, shapes) => {
  const a = choose(draws, shapes, (shape) => shape.length > 0);
  if (a === undefined) return undefined;
  const axis = draws.integer(0, shapes[a].length - 1);
  const fits = (shape: number[]) =>
    shape.length === shapes[a].length && shape.every((extent, other) => other === axis || extent === shapes[a][other]);
  const b = choose(draws, shapes, fits) ?? a;
  const shape = shapes[a].map((extent, other) => (other === axis ? extent + shapes[b][axis] : extent));
  return {
    from: [a, b],
    shape,
    run: (x, y) => tf.concat([x, y], axis),
    write: (x, y) => `tf.concat([${x}, ${y}], ${axis})`,
  };
};

const padding: Step = (draws, shapes) => {
  const from = choose(draws, shapes, (shape) => shape.length > 0);
  if (from === undefined) return undefined;
  const sides = shapes[from].map((): [number, number] => [draws.integer(0, 1), draws.integer(0, 2)]);
  const shape = shapes[from].map((extent, axis) => extent + sides[axis][0] + sides[axis][1]);
  return { from: [from], shape, run: (x) => tf.pad(x, sides), write: (x) => `tf.pad(${x}, ${JSON.stringify(sides)})` };
};

/** A product with the turned matrix itself, scaled down: always fits. */
const product: Step = (draws, shapes) => {
  const a = choose(draws, shapes, (shape) => shape.length >= 2);
  if (a === undefined) return undefined;
  const width = shapes[a].at(-1) ?? 1;
  const b = choose(draws, shapes, (shape) => shape.length === 2 && shape[1] === width) ?? a;
  if (b === a && shapes[a].length > 3) return undefined;
  const shape = [...shapes[a].slice(0, -1), shapes[b].at(-2) ?? 1];
  return {
    from: [a, b],
    shape,
    run: (x, y) => tf.tanh(tf.matMul(x, y, false, true)),
    write: (x, y) => `tf.tanh(tf.matMul(${x}, ${y}, false, true))`,
  };
};

const gathering: Step = (draws, shapes) => {
  const from = choose(draws, shapes, (shape) => shape.length > 0);
  if (from === undefined) return undefined;
  const axis = draws.integer(0, shapes[from].length - 1);
  const picks = Array.from({ length: draws.integer(1, 3) }, () => draws.integer(0, shapes[from][axis] - 1));
  const shape = shapes[from].map((extent, other) => (other === axis ? picks.length : extent));
  return {
    from: [from],
    shape,
    run: (x) => tf.gather(x, tf.tensor1d(picks, 'int32'), axis),
    write: (x) => `tf.gather(${x}, tf.tensor1d([${picks.join(', ')}], 'int32'), ${axis})`,
  };
};

/** Images: a pooling, or a convolution by a filter that is cut out of the image itself. */
const windowed: Step = (draws, shapes) => {
  const from = choose(draws, shapes, (shape) => shape.length === 4 && shape[1] >= 2 && shape[2] >= 2);
  if (from === undefined) return undefined;
  const [batch, height, width, channels] = shapes[from];
  const stride = draws.integer(1, 2);
  const [rows, columns] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  const kind = draws.pick(['maxPool', 'avgPool', 'conv2d'] as const);
  const image = (x: tf.Tensor) => x as tf.Tensor4D;
  if (kind !== 'conv2d') {
    return {
      from: [from],
      shape: [batch, rows, columns, channels],
      run: (x) => tf[kind](image(x), 2, stride, 'same'),
      write: (x) => `tf.${kind}(${x}, 2, ${stride}, 'same')`,
    };
  }
  const filter = (x: tf.Tensor) =>
    tf.reshape<tf.Rank.R4>(tf.slice(x, [0, 0, 0, 0], [1, 2, 2, channels]), [2, 2, channels, 1]);
  return {
    from: [from],
    shape: [batch, rows, columns, 1],
    run: (x) => tf.tanh(tf.conv2d(image(x), filter(x), stride, 'same')),
    write: (x) =>
      `tf.tanh(tf.conv2d(${x}, tf.reshape(tf.slice(${x}, [0, 0, 0, 0], [1, 2, 2, ${channels}]), [2, 2, ${channels}, 1]), ${stride}, 'same'))`,
  };
};

const normalization: Step = (draws, shapes) => {
  const from = choose(draws, shapes, (shape) => shape.length > 0 && (shape.at(-1) ?? 0) > 1);
  if (from === undefined) return undefined;
  return {
    from: [from],
    shape: shapes[from],
    run: (x) => {
      const { mean, variance } = tf.moments(x, -1, true);
      return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 0.1)));
    },
    write: (x) => `normalize(${x}) /* (x - mean) * rsqrt(variance + 0.1) over the last axis */`,
  };
};

const running: Step = (draws, shapes) => {
  const from = choose(draws, shapes, (shape) => shape.length > 0);
  if (from === undefined) return undefined;
  const axis = draws.integer(0, shapes[from].length - 1);
  const [exclusive, reverse] = [draws.flag(), draws.flag()];
  return {
    from: [from],
    shape: shapes[from],
    run: (x) => tf.tanh(tf.cumsum(x, axis, exclusive, reverse)),
    write: (x) => `tf.tanh(tf.cumsum(${x}, ${axis}, ${exclusive}, ${reverse}))`,
  };
};

/** What random programs are made of. */
export const STEPS: readonly Step[] = [
  unary,
  unary,
  unary,
  binary,
  binary,
  binary,
  reduction,
  transposition,
  flattening,
  expansion,
  slicing,
  joining,
  padding,
  product,
  gathering,
  windowed,
  windowed,
  normalization,
  running,
];
