import { afterAll, describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { createEngine } from '../create-engine.js';
import type { NamedValues, Program, TensorValue } from '../engine.js';

const LEAST = -(2 ** 31);

function int32(shape: readonly number[], ...data: number[]): TensorValue {
  return { dtype: 'int32', shape, data: Int32Array.from(data) };
}

const CASES: readonly (readonly [string, (x: tf.Tensor, y: tf.Tensor) => tf.Tensor, TensorValue, TensorValue])[] = [
  // The processor's own division ends the process here.
  ['mod of the least number by -1', tf.mod, int32([2], LEAST, 7), int32([2], -1, -1)],
  ['floorDiv of the least number by -1', tf.floorDiv, int32([1], LEAST), int32([1], -1)],
  ['mod by 0', tf.mod, int32([3], 5, 0, -5), int32([3], 0, 0, 0)],
  ['floorDiv by 0', tf.floorDiv, int32([3], 5, 0, -5), int32([1], 0)],
  ['div by 0', tf.div, int32([3], 5, 0, -5), int32([], 0)],
  ['mod of every sign', tf.mod, int32([4], 7, -7, 7, -7), int32([4], 3, 3, -3, -3)],
  ['mod by a literal', (x) => tf.mod(x, tf.scalar(3, 'int32')), int32([4], 7, -7, 2147483647, LEAST), int32([1], 1)],
  ['mod, broadcast', tf.mod, int32([2, 1], 2147483647, -8), int32([3], 10, -7, 65536)],
  ['matMul', tf.matMul, int32([2, 3], 1, -2, 3, 4, 5, -6), int32([3, 2], 7, 8, -9, 1, 2, 3)],
  [
    'matMul of a transpose',
    (x, y) => tf.matMul(x, y, true),
    int32([3, 2], 1, 4, -2, 5, 3, -6),
    int32([3, 1], 7, -9, 2),
  ],
  ['matMul of batches', (x, y) => tf.matMul(x, y, false, true), int32([2, 1, 2], 1, 2, 3, 4), int32([1, 2], 5, -6)],
  // As float32 the product would be 16777216.
  ['matMul beyond float32', tf.matMul, int32([1, 2], 16777217, 1), int32([2, 1], 1, 0)],
  [
    'matMul and a bias',
    (x, y) => tf.add(tf.matMul(x, y), tf.tensor1d([3, 4], 'int32')),
    int32([1, 1], 2),
    int32([1, 2], 5, 6),
  ],
  ['einsum', (x, y) => tf.einsum('ij,kj->ik', x, y), int32([2, 2], 1, 2, 3, 4), int32([1, 2], 5, 16777217)],
  [
    'confusion matrix',
    (x, y) => tf.math.confusionMatrix(x as tf.Tensor1D, y as tf.Tensor1D, 3),
    int32([3], 0, 1, 2),
    int32([3], 0, 2, 2),
  ],
  ['atan2', tf.atan2, int32([3], 5, -5, 0), int32([3], 1, -3, -2)],
  ['exp', (x) => tf.exp(x), int32([3], 0, 1, -2), int32([1], 0)],
  ['leakyRelu', (x) => tf.leakyRelu(x, 0.3), int32([3], 0, 1, -2), int32([1], 0)],
  ['where of two types', (x, y) => tf.where(tf.greater(x, 0), x, tf.add(y, 0.5)), int32([2], 1, -2), int32([1], 3)],
  [
    'where of two types, turned',
    (x, y) => tf.where(tf.greater(x, 0), tf.add(y, 0.5), x),
    int32([2], 1, -2),
    int32([1], 3),
  ],
  [
    'nearest neighbours',
    (x) => tf.image.resizeNearestNeighbor(tf.reshape<tf.Rank.R4>(x, [1, 2, 2, 1]), [3, 3]),
    int32([4], 1, 2, 3, 16777216),
    int32([1], 0),
  ],
  [
    'counts in a table',
    (x) => {
      const grid: tf.Tensor = tf.reshape(x, [2, 2]);
      return tf.bincount(grid as tf.Tensor1D, tf.tensor1d([]), 4);
    },
    int32([4], 1, 2, 3, 1),
    int32([1], 0),
  ],
  [
    'the place of the largest of nothing',
    (x) => tf.argMax(tf.slice(tf.reshape(x, [2, 2]), [0, 0], [0, 2]), 0),
    int32([4], 1, 2, 3, 1),
    int32([1], 0),
  ],
  ['the largest truth values', (x) => tf.topk(tf.cast(x, 'bool'), 2).values, int32([3], 0, 7, 1), int32([1], 0)],
];

describe('whole numbers, compiled', () => {
  const engines = Promise.all([createEngine({ engine: 'reference' }), createEngine({ threads: 1 })]);
  afterAll(async () => {
    for (const engine of await engines) await engine.dispose();
  });

  it.each(CASES)('%s', async (_, op, x, y) => {
    const program: Program = ({ inputs }) => ({ outputs: { result: op(inputs.x, inputs.y) } });
    const results = await Promise.all(
      (await engines).map(async (engine): Promise<NamedValues> => {
        const executable = await engine.compile(program, { constants: {}, state: {}, inputs: { x, y } });
        return executable.run({ x, y });
      }),
    );
    const [expected, received] = results.map(({ result }) => result);
    expect(received?.dtype).toBe(expected?.dtype);
    expect(received?.shape).toEqual(expected?.shape);
    if (expected?.dtype === 'float32') {
      expected.data.forEach((value, index) => expect(received?.data[index]).toBeCloseTo(value, 5));
    } else expect(received).toEqual(expected);
  });
});
