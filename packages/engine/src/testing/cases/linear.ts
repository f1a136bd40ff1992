import * as tf from '@tensorflow/tfjs';
import { floats } from '../check-op.js';
import type { OpCase } from '../check-op.js';

const flags = [false, true];
const shapeOf = (rows: number, columns: number, transposed: boolean) =>
  transposed ? [columns, rows] : [rows, columns];

/** Each op of this group, with shapes that matter. */
export const linearCases: readonly OpCase[] = [
  ...flags.flatMap((a) =>
    flags.flatMap((b) => [
      {
        name: `matMul${a ? ' aT' : ''}${b ? ' bT' : ''}`,
        op: (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y, a, b),
        inputs: [floats(shapeOf(3, 4, a)), floats(shapeOf(4, 5, b))],
      },
      {
        name: `matMul of batches${a ? ' aT' : ''}${b ? ' bT' : ''}`,
        op: (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y, a, b),
        inputs: [floats([2, ...shapeOf(3, 4, a)]), floats([2, ...shapeOf(4, 5, b)])],
      },
      {
        name: `matMul of transposes${a ? ' aT' : ''}${b ? ' bT' : ''}`,
        op: (x: tf.Tensor, y: tf.Tensor) => tf.matMul(tf.transpose(x), tf.transpose(y), a, b),
        inputs: [floats(shapeOf(4, 3, a)), floats(shapeOf(5, 4, b))],
      },
    ]),
  ),
  {
    name: 'matMul with bias',
    op: (x, y, b) => tf.relu(tf.add(tf.matMul(x, y), b)),
    inputs: [floats([3, 4]), floats([4, 5]), floats([5])],
  },
  {
    name: 'matMul broadcast',
    op: (x, y) => tf.matMul(x, y),
    inputs: [floats([1, 3, 4]), floats([5, 4, 2])],
    gradient: false,
  },
  {
    name: 'matMul of a broadcast',
    op: (x, y) => tf.matMul(tf.broadcastTo(x, [2, 3, 4]), y),
    inputs: [floats([1, 3, 4]), floats([2, 4, 2])],
  },
  { name: 'dot', op: (x, y) => tf.dot(x, y), inputs: [floats([4]), floats([4])] },
  {
    name: 'outer product',
    op: (x, y) => tf.outerProduct(x as tf.Tensor1D, y as tf.Tensor1D),
    inputs: [floats([4]), floats([3])],
  },
  ...['relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'linear'].map((activation) => ({
    name: `fused matMul with ${activation}`,
    op: (x: tf.Tensor, y: tf.Tensor, bias: tf.Tensor) =>
      tf.fused.matMul({ a: x, b: y, transposeB: true, bias, activation: activation as 'relu', leakyreluAlpha: 0.1 }),
    inputs: [floats([3, 4]), floats([5, 4]), floats([5])],
    gradient: false,
  })),
  ...['ij,jk->ik', 'bij,bkj->bik', 'bhqd,bhkd->bhqk', 'ij,ij->', 'i,j->ij', 'bij,jk->bki', 'ijk,kj->i'].map(
    (equation) => ({
      name: `einsum ${equation}`,
      op: (x: tf.Tensor, y: tf.Tensor) => tf.einsum(equation, x, y),
      inputs: (equation.split('->')[0] ?? '')
        .split(',')
        .map((letters) => floats([...letters].map((letter) => 2 + (letter.charCodeAt(0) % 4)))),
      gradient: false,
    }),
  ),
  { name: 'einsum of one tensor', op: (x) => tf.einsum('ijk->ki', x), inputs: [floats([2, 3, 4])], gradient: false },
];
