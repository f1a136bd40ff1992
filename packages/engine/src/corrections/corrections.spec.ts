import { afterAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import type { TensorValue } from '../engine.js';
import { EngineComparison } from '../testing/compare-engines.js';
import { inputsOfCase, programOfCase } from '../testing/check-op.js';
import type { OpCase } from '../testing/check-op.js';
import { differenceError } from '../testing/finite-differences.js';
import { Draws } from '../testing/random/draws.js';

const draws = new Draws(3);
const others = new Draws(5);
const floats = (...shape: number[]) => draws.floats(shape);
const positive = (...shape: number[]) => draws.floats(shape, 0.25, 2);
const indices = (...values: number[]): TensorValue => ({
  dtype: 'int32',
  shape: [values.length],
  data: Int32Array.from(values),
});
const table = (columns: number, ...values: number[]): TensorValue => ({
  dtype: 'int32',
  shape: [values.length / columns, columns],
  data: Int32Array.from(values),
});
const image = (x: tf.Tensor) => x as tf.Tensor4D;

/** What TensorFlow.js has no gradient for, or a wrong one. */
const cases: readonly OpCase[] = [
  { name: 'maximum, broadcast', op: (a, b) => tf.maximum(a, b), inputs: [floats(2, 3), floats(3)] },
  { name: 'minimum, broadcast', op: (a, b) => tf.minimum(a, b), inputs: [floats(2, 1), floats(2, 4)] },
  { name: 'squaredDifference, broadcast', op: (a, b) => tf.squaredDifference(a, b), inputs: [floats(3), floats(2, 3)] },
  { name: 'pow, broadcast', op: (a, b) => tf.pow(a, b), inputs: [positive(2, 3), floats(3)] },
  {
    name: 'a comparison as a mask',
    op: (a, b) => tf.mul(tf.cast(tf.less(a, b), 'float32'), a),
    inputs: [floats(4), floats(4)],
  },
  {
    name: 'a whole number on the way',
    op: (a) => tf.mul(a, tf.cast(tf.cast(tf.mul(a, 3), 'int32'), 'float32')),
    inputs: [floats(5)],
  },
  { name: 'floorDiv', op: (a) => tf.mul(a, tf.cast(tf.floorDiv(a, tf.scalar(0.5)), 'float32')), inputs: [floats(5)] },
  { name: 'cumsum off the last axis', op: (a) => tf.cumsum(a, 0), inputs: [floats(3, 2, 2)] },
  { name: 'cumsum on axis 1, exclusive, reversed', op: (a) => tf.cumsum(a, 1, true, true), inputs: [floats(2, 4, 2)] },
  ...[false, true].flatMap((exclusive) =>
    [false, true].map((reverse) => ({
      name: `cumprod${exclusive ? ', exclusive' : ''}${reverse ? ', reversed' : ''}`,
      op: (a: tf.Tensor) => tf.cumprod(a, 1, exclusive, reverse),
      inputs: [floats(2, 5, 2)],
    })),
  ),
  { name: 'cumprod through a zero', op: (a) => tf.cumprod(tf.mul(a, tf.tensor1d([1, 0, 1, 1]))), inputs: [floats(4)] },
  { name: 'prod on a negative axis', op: (a) => tf.prod(a, -1), inputs: [floats(3, 4)] },
  { name: 'prod on two axes', op: (a) => tf.prod(a, [0, 2], true), inputs: [floats(2, 3, 2)] },
  { name: 'prod through a zero', op: (a) => tf.prod(tf.mul(a, tf.tensor1d([1, 0, 1]))), inputs: [floats(3)] },
  {
    name: 'batchNorm without scale and offset',
    op: (a) => {
      const { mean, variance } = tf.moments(a, 0);
      return tf.batchNorm(a, mean, variance);
    },
    inputs: [others.floats([4, 2])],
  },
  {
    name: 'batchNorm without an offset',
    op: (a, scale) => tf.batchNorm(a, tf.zeros([2]), tf.ones([2]), undefined, scale),
    inputs: [others.floats([4, 2]), others.floats([2])],
  },
  {
    name: 'sums of segments that depend on what is summed',
    op: (a) => tf.square(tf.unsortedSegmentSum(a, tf.cast<tf.Tensor1D>(tf.add(a, 10), 'int32'), 20)),
    inputs: [others.floats([5])],
  },
  // What a gradient keeps of its op's result is part of the way to the gradient's gradient.
  ...Object.entries<(x: tf.Tensor) => tf.Tensor>({
    elu: tf.elu,
    exp: tf.exp,
    tanh: tf.tanh,
    sigmoid: tf.sigmoid,
    softmax: tf.softmax,
    logSoftmax: tf.logSoftmax,
    logSumExp: (x) => tf.logSumExp(x, 1),
    sqrt: (x) => tf.sqrt(tf.add(tf.square(x), 1)),
    rsqrt: (x) => tf.rsqrt(tf.add(tf.square(x), 1)),
    norm: (x) => tf.norm(x),
    pow: (x) => tf.pow(tf.add(tf.square(x), 1), 1.5),
    max: (x) => tf.max(x, 1),
    matMul: (x) => tf.matMul(x, tf.tanh(x), false, true),
  }).map(([name, op]) => ({
    name: `the gradient of the gradient of ${name}`,
    op: (a: tf.Tensor) => tf.grad((x: tf.Tensor) => tf.sum(tf.square(op(x))))(a),
    inputs: [others.floats([2, 3], -1, 1)],
    tolerance: 5e-4, // differences of tanh that cancel
  })),
  { name: 'sum of one axis', op: (a) => tf.square(tf.sum(a, 1)), inputs: [floats(2, 3, 2)] },
  { name: 'sum of all', op: (a) => tf.square(tf.sum(a)), inputs: [floats(2, 3)] },
  { name: 'mean of two axes, kept', op: (a) => tf.square(tf.mean(a, [0, 2], true)), inputs: [floats(2, 3, 2)] },
  { name: 'topk', op: (a) => tf.topk(a, 3).values, inputs: [floats(2, 5)] },
  { name: 'max of ties', op: (a) => tf.max(tf.concat([a, tf.mul(a, 1)], 0), 0), inputs: [floats(1, 4)] },
  { name: 'matMul, 3-D with 2-D', op: (a, b) => tf.matMul(a, b), inputs: [floats(2, 3, 4), floats(4, 2)] },
  {
    name: 'matMul, 3-D with 2-D turned',
    op: (a, b) => tf.matMul(a, b, false, true),
    inputs: [floats(2, 3, 4), floats(2, 4)],
  },
  { name: 'matMul, 2-D with 3-D', op: (a, b) => tf.matMul(a, b, true, true), inputs: [floats(4, 3), floats(2, 5, 4)] },
  {
    name: 'matMul, broadcast batches',
    op: (a, b) => tf.matMul(a, b, true),
    inputs: [floats(2, 1, 4, 3), floats(3, 4, 2)],
  },
  ...['bij,jk->bik', 'ij,ij->', 'i,j->ij', 'bij,jk->bki', 'ijk,kj->i', 'ab,b->', 'ab,cd->bd'].map((equation) => ({
    name: `einsum ${equation}`,
    op: (a: tf.Tensor, b: tf.Tensor) => tf.einsum(equation, a, b),
    inputs: equation
      .slice(0, equation.indexOf('-'))
      .split(',')
      .map((letters) => floats(...[...letters].map((letter) => 2 + (letter.charCodeAt(0) % 3)))),
  })),
  { name: 'einsum of one tensor', op: (a) => tf.einsum('ijk->ki', a), inputs: [floats(2, 3, 4)] },
  {
    name: 'gather behind batch dimensions',
    op: (a, i) => tf.gather(a, i, 2, 1),
    inputs: [floats(2, 3, 4, 2), { ...table(2, 0, 3, 1, 1) }],
  },
  { name: 'gather of repeated rows', op: (a, i) => tf.gather(a, i, -1), inputs: [floats(2, 4), indices(3, 0, 3)] },
  { name: 'gatherND', op: (a, i) => tf.gatherND(a, i), inputs: [floats(3, 2, 2), table(2, 0, 1, 2, 0, 0, 1)] },
  { name: 'scatterND', op: (u, i) => tf.scatterND(i, u, [4, 2]), inputs: [floats(3, 2), table(1, 0, 2, 0)] },
  {
    name: 'tensorScatterUpdate',
    op: (a, u, i) => tf.tensorScatterUpdate(a, i, u),
    inputs: [floats(4, 2), floats(2, 2), table(1, 3, 1)],
  },
  { name: 'sparseToDense', op: (v, i) => tf.sparseToDense(i, v, [6], 0), inputs: [floats(3), indices(4, 0, 2)] },
  {
    name: 'weights of bincount',
    op: (w, i) => tf.bincount(i as tf.Tensor1D, w as tf.Tensor1D, 4),
    inputs: [floats(5), indices(1, 3, 3, 0, 1)],
  },
  {
    name: 'stridedSlice, backwards',
    op: (a) => tf.stridedSlice(a, [0, -1, 3], [2, -4, 0], [1, -1, -2]),
    inputs: [floats(2, 3, 4)],
  },
  {
    name: 'stridedSlice, new and shrunk axes',
    op: (a) => tf.stridedSlice(a, [0, 0, 1], [0, 4, 0], [1, 3, 1], 0, 0, 0, 1, 4),
    inputs: [floats(5, 3)],
  },
  {
    name: 'mirrorPad reflect',
    op: (a) =>
      tf.mirrorPad(
        a,
        [
          [2, 1],
          [1, 3],
        ],
        'reflect',
      ),
    inputs: [floats(3, 4)],
  },
  {
    name: 'mirrorPad symmetric',
    op: (a) =>
      tf.mirrorPad(
        a,
        [
          [3, 0],
          [4, 4],
        ],
        'symmetric',
      ),
    inputs: [floats(3, 4)],
  },
  { name: 'tile of rank 5', op: (a) => tf.tile(a, [2, 1, 3, 1, 2]), inputs: [floats(1, 2, 1, 2, 2)] },
  { name: 'depthToSpace', op: (a) => tf.depthToSpace(image(a), 2, 'NHWC'), inputs: [floats(1, 2, 2, 8)] },
  { name: 'flipLeftRight', op: (a) => tf.image.flipLeftRight(image(a)), inputs: [floats(1, 2, 3, 2)] },
  { name: 'unstack of one', op: (a) => tf.unstack(tf.mul(a, a)), inputs: [floats(1, 3)] },
  { name: 'split into one', op: (a) => tf.split(tf.mul(a, a), 1, 1), inputs: [floats(2, 3)] },
  { name: 'diag', op: (a) => tf.diag(a), inputs: [floats(2, 2)] },
  ...(['same', 'valid', 1] as const).map((pad) => ({
    name: `conv2d, dilated, pad ${pad}`,
    op: (x: tf.Tensor, w: tf.Tensor) => tf.conv2d(image(x), image(w), 1, pad, 'NHWC', 2),
    inputs: [floats(2, 6, 5, 2), floats(3, 3, 2, 3)],
  })),
  {
    name: 'conv1d, dilated',
    op: (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 1, 'same', 'NWC', 3),
    inputs: [floats(1, 8, 2), floats(3, 2, 2)],
  },
  {
    name: 'depthwiseConv2d, dilated',
    op: (x, w) => tf.depthwiseConv2d(image(x), image(w), 1, 'same', 'NHWC', 2),
    inputs: [floats(2, 5, 6, 2), floats(2, 3, 2, 2)],
  },
  {
    name: 'separableConv2d, dilated',
    op: (x, d, p) => tf.separableConv2d(image(x), image(d), image(p), 1, 'valid', 2),
    inputs: [floats(1, 6, 6, 2), floats(2, 2, 2, 1), floats(1, 1, 2, 3)],
  },
  {
    name: 'maxPoolWithArgmax',
    op: (x) => tf.maxPoolWithArgmax(image(x), 2, 2, 'same').result,
    inputs: [floats(1, 5, 4, 2)],
  },
  { name: 'avgPool over the border', op: (x) => tf.avgPool(image(x), 3, 2, 'same'), inputs: [floats(2, 6, 5, 2)] },
  ...(
    [
      [7, 3],
      [2, 9],
    ] as const
  ).flatMap(([height, width]) => [
    {
      name: `resizeBilinear to ${height}x${width}`,
      op: (x: tf.Tensor) => tf.image.resizeBilinear(image(x), [height, width], false, true),
      inputs: [floats(2, 4, 5, 2)],
    },
    {
      name: `resizeNearestNeighbor to ${height}x${width}`,
      op: (x: tf.Tensor) => tf.image.resizeNearestNeighbor(image(x), [height, width]),
      inputs: [floats(2, 4, 5, 2)],
    },
  ]),
  ...(['bilinear', 'nearest'] as const).map((method) => ({
    name: `cropAndResize, ${method}`,
    // Places of crops at least 0.1 from any pixel and from the border, or far outside.
    op: (x: tf.Tensor, moved: tf.Tensor, owners: tf.Tensor) =>
      tf.image.cropAndResize(
        image(x),
        tf.add(tf.mul(moved, 0.01), tf.tensor2d([0.1, 0.08, 0.9, 0.92, 0.3, 2, 0.3, 3, 0.88, 0.9, 0.12, 0.1], [3, 4])),
        owners as tf.Tensor1D,
        [2, 3],
        method,
        0.25,
      ),
    inputs: [floats(2, 5, 6, 2), floats(3, 4), indices(1, 0, 1)],
  })),
  {
    name: 'cropAndResize to one pixel',
    op: (x, boxes, owners) =>
      tf.image.cropAndResize(image(x), tf.add(tf.mul(boxes, 0.01), 0.4), owners as tf.Tensor1D, [1, 1]),
    inputs: [floats(1, 3, 4, 1), floats(2, 4), indices(0, 0)],
  },
  {
    name: 'rotateWithOffset',
    op: (x) => tf.image.rotateWithOffset(image(x), 0.7, [0.1, 0.2, 0.3], [0.3, 0.6]),
    inputs: [floats(2, 4, 5, 3)],
  },
  ...Object.entries({
    add: tf.add,
    sub: tf.sub,
    mul: tf.mul,
    div: tf.div,
    mod: tf.mod,
    atan2: tf.atan2,
    prelu: tf.prelu,
  }).map(([name, op]) => ({
    name: `${name}, broadcast to nothing`,
    op: (a: tf.Tensor, b: tf.Tensor) => [op(a, b), tf.mul(b, 2)],
    inputs: [floats(0, 4), floats(1, 1)],
  })),
  {
    name: 'all of nothing',
    op: (x) => tf.mul(x, tf.cast(tf.all(tf.greater(tf.slice(x, 0, 0), 0)), 'float32')),
    inputs: [floats(2)],
  },
  {
    name: 'depthwiseConv2d, windows beside the image',
    op: (x, w) =>
      tf.depthwiseConv2d(image(x), image(w), 3, [
        [0, 0],
        [0, 2],
        [1, 1],
        [0, 0],
      ]),
    inputs: [floats(2, 5, 1, 2), floats(2, 1, 2, 2)],
  },
];

describe('corrected gradients', () => {
  const engines = new EngineComparison();
  afterAll(() => engines.dispose());

  it.each(cases.map((op) => [op.name, op] as const))('%s: finite differences, and the same compiled', async (_, op) => {
    const program = programOfCase(op);
    const [expected] = await engines.outputs(program, inputsOfCase(op));
    expect(Object.keys(expected)).toContain('g0');
    expect(differenceError(op, expected)).toBeLessThan(1e-2);
    expect(await engines.error(program, inputsOfCase(op))).toBeLessThan(op.tolerance ?? 2e-5);
  });

  it.each<[string, (x: tf.Tensor) => tf.Tensor, number[], number[]]>([
    ['pow(x, 0)', (x) => tf.pow(x, tf.zerosLike(x)), [0, 2], [0, 0]],
    ['pow(x, 1)', (x) => tf.pow(x, tf.onesLike(x)), [0, 2], [1, 1]],
    ['pow(x, 2)', (x) => tf.pow(x, 2), [0, 2], [0, 4]],
    ['sqrt', (x) => tf.sqrt(x), [0, 4], [0, 0.25]],
    ['norm', (x) => tf.norm(x), [0, 0], [0, 0]],
    ['norm of rows', (x) => tf.norm(tf.reshape(x, [2, 1]), 2, 1), [0, -3], [0, -1]],
    ['relu', (x) => tf.relu(x), [0, 1], [0, 1]],
    ['max of equal elements', (x) => tf.max(x), [1, 1], [0.5, 0.5]],
    ['min of equal elements', (x) => tf.min(x), [0, 0], [0.5, 0.5]],
    ['prod of zeros', (x) => tf.prod(x), [0, 3], [3, 0]],
  ])('%s has a finite gradient at its edge', async (_, op, at, expected) => {
    const inputs = { x: { dtype: 'float32' as const, shape: [2], data: Float32Array.from(at) } };
    const outputs = await engines.outputs(
      (args) => ({ outputs: { g: tf.grad((x: tf.Tensor) => tf.sum(op(x)))(args.inputs.x) } }),
      inputs,
    );
    for (const { g } of outputs) expect([...g.data].map((value) => value + 0)).toEqual(expected);
  });

  it('are there for plain TensorFlow.js outside of any program', async () => {
    await tf.setBackend('cpu');
    const gradient = tf.tidy(() =>
      tf
        .grad((x: tf.Tensor) => tf.sum(tf.einsum('ij->j', x)))(tf.ones([2, 2]))
        .dataSync(),
    );
    expect([...gradient]).toEqual([1, 1, 1, 1]);
  });
});
