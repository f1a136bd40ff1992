import * as tf from '@tensorflow/tfjs';
import type { TensorValue } from '../../../engine.js';
import type { Draws } from '../draws.js';
import type { RandomOp } from '../random-op.js';

/** Rows of indices that name different places of the leading axes of a shape. */
function distinctRows(draws: Draws, shape: readonly number[], depth: number): TensorValue {
  const places = shape.slice(0, depth).reduce((product, length) => product * length, 1);
  const chosen = draws.order(places).slice(0, draws.integer(1, places));
  const rows = chosen.map((place) => {
    let rest = place;
    return shape.slice(0, depth).map((_, axis) => {
      const inner = shape.slice(axis + 1, depth).reduce((product, length) => product * length, 1);
      const position = Math.floor(rest / inner);
      rest %= inner;
      return position;
    });
  });
  return { dtype: 'int32', shape: [rows.length, depth], data: Int32Array.from(rows.flat()) };
}

/** Rows of indices that may name one place twice. */
function anyRows(draws: Draws, shape: readonly number[], depth: number): TensorValue {
  const count = draws.integer(1, 4);
  const rows = Array.from({ length: count }, () => shape.slice(0, depth).map((length) => draws.integer(0, length - 1)));
  return { dtype: 'int32', shape: [count, depth], data: Int32Array.from(rows.flat()) };
}

const solid = (draws: Draws, low = 1) => draws.shape({ rank: [low, 4], empty: false });

export const indexingFamily: readonly RandomOp[] = [
  {
    name: 'gather',
    draw: (draws) => {
      const shape = solid(draws);
      const axis = draws.integer(0, shape.length - 1);
      const batchDimensions = draws.integer(0, axis);
      const picks = [...shape.slice(0, batchDimensions), ...draws.shape({ rank: [1, 2] })];
      return {
        op: (x, indices) => tf.gather(x, indices, axis, batchDimensions),
        inputs: [draws.floats(shape), draws.integers(picks, 0, shape[axis] - 1)],
        detail: { axis, batchDimensions },
      };
    },
  },
  {
    name: 'gatherND',
    draw: (draws) => {
      const shape = solid(draws);
      const depth = draws.integer(1, shape.length);
      return {
        op: (x, indices) => tf.gatherND(x, indices),
        inputs: [draws.floats(shape), anyRows(draws, shape, depth)],
      };
    },
  },
  {
    name: 'scatterND',
    draw: (draws) => {
      const shape = solid(draws);
      const depth = draws.integer(1, shape.length);
      const rows = anyRows(draws, shape, depth);
      const updates = draws.floats([rows.shape[0], ...shape.slice(depth)]);
      return { op: (indices, values) => tf.scatterND(indices, values, shape), inputs: [rows, updates], detail: shape };
    },
  },
  {
    name: 'tensorScatterUpdate',
    draw: (draws) => {
      const shape = solid(draws);
      const depth = draws.integer(1, shape.length);
      const rows = distinctRows(draws, shape, depth);
      const updates = draws.floats([rows.shape[0], ...shape.slice(depth)]);
      return { op: tf.tensorScatterUpdate, inputs: [draws.floats(shape), rows, updates] };
    },
  },
  {
    name: 'sparseToDense',
    draw: (draws) => {
      const shape = draws.shape({ rank: [1, 3], empty: false });
      const rows = distinctRows(draws, shape, shape.length);
      const inputs = [rows, draws.floats([rows.shape[0]]), draws.floats([])];
      return { op: (indices, values, rest) => tf.sparseToDense(indices, values, shape, rest as tf.Scalar), inputs };
    },
  },
  {
    name: 'unsortedSegmentSum',
    draw: (draws) => {
      const shape = draws.shape({ rank: [1, 3], extent: [1, 6] });
      const [segments, rows] = [draws.integer(1, 5), shape[0]];
      return {
        op: (x, ids) => tf.unsortedSegmentSum(x, ids as tf.Tensor1D, segments),
        inputs: [draws.floats(shape), draws.integers([rows], 0, segments - 1)],
        detail: segments,
      };
    },
  },
  {
    name: 'embedding',
    draw: (draws) => {
      const [rows, width] = [draws.integer(1, 6), draws.integer(1, 4)];
      const words = draws.integers(draws.shape({ rank: [1, 2] }), 0, rows - 1);
      return { op: (table, ids) => tf.tanh(tf.gather(table, ids)), inputs: [draws.floats([rows, width]), words] };
    },
  },
  {
    name: 'oneHot',
    draw: (draws) => {
      const depth = draws.integer(2, 5);
      const values = draws.integers(draws.shape({ rank: [1, 3] }), 0, depth);
      const [on, off] = [draws.pick([1, 2.5]), draws.pick([0, -1])];
      return {
        op: (indices, weights) => tf.mul(tf.oneHot(indices, depth, on, off, 'float32'), weights),
        inputs: [values, draws.floats([depth])],
        detail: { depth, on, off },
      };
    },
  },
  {
    name: 'bincount',
    draw: (draws) => {
      const [size, count] = [draws.integer(1, 5), draws.integer(1, 8)];
      return {
        op: (x, weights) => [
          tf.bincount(x as tf.Tensor1D, weights as tf.Tensor1D, size),
          tf.bincount(x as tf.Tensor1D, tf.tensor1d([]), size),
        ],
        inputs: [draws.integers([count], 0, 5), draws.floats([count])],
        detail: size,
      };
    },
  },
  {
    name: 'denseBincount',
    draw: (draws) => {
      const [size, shape] = [draws.integer(1, 5), draws.shape({ rank: [1, 2], empty: false })];
      const binary = draws.flag(1 / 3) && shape.length === 2;
      return {
        op: (x, weights) => tf.denseBincount(x as tf.Tensor2D, weights as tf.Tensor2D, size, binary),
        inputs: [draws.integers(shape, 0, 5), draws.floats(shape)],
        detail: { size, binary },
      };
    },
  },
];
