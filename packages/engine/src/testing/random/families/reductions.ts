import * as tf from '@tensorflow/tfjs';
import type { Draws, ShapeRange } from '../draws.js';
import type { RandomOp } from '../random-op.js';

type Reduce = (x: tf.Tensor, axis: number[] | undefined, keep: boolean) => tf.Tensor;

const smooth: Readonly<Record<string, Reduce>> = {
  sum: tf.sum,
  mean: tf.mean,
  prod: tf.prod,
  logSumExp: tf.logSumExp,
  'euclidean norm': (x, axis, keep) => (axis?.length === 1 ? tf.norm(x, 2, axis[0], keep) : tf.norm(x)),
  moments: (x, axis, keep) => tf.add(tf.moments(x, axis, keep).variance, tf.moments(x, axis, keep).mean),
};
const extremes: Readonly<Record<string, Reduce>> = { max: tf.max, min: tf.min };
const NOT_EMPTY: ShapeRange = { rank: [1, 4], empty: false };

/** Some axes, by any of their two names; undefined for all. */
function axesOf(draws: Draws, rank: number): number[] | undefined {
  if (draws.flag(1 / 4)) return undefined;
  const chosen = draws.order(rank).slice(0, draws.integer(1, rank));
  return chosen.map((axis) => (draws.flag(1 / 3) ? axis - rank : axis));
}

function reduction(name: string, reduce: Reduce, range: ShapeRange): RandomOp {
  return {
    name,
    draw: (draws) => {
      const shape = draws.shape(range);
      const [axes, keep] = [axesOf(draws, shape.length), draws.flag()];
      // Sums that cancel are nearly nothing but rounding; products of small factors too.
      const low = ['sum', 'mean', 'prod'].includes(name) ? 0.25 : -2;
      return { op: (x) => reduce(x, axes, keep), inputs: [draws.floats(shape, low, 2)], detail: { axes, keep } };
    },
  };
}

function alongAxis(name: string, op: (x: tf.Tensor, axis: number) => tf.Tensor | tf.Tensor[]): RandomOp {
  return {
    name,
    draw: (draws) => {
      const shape = draws.shape(NOT_EMPTY);
      const axis = draws.integer(0, shape.length - 1);
      return { op: (x) => op(x, axis), inputs: [draws.floats(shape)], gradient: false, detail: { axis } };
    },
  };
}

export const reductionFamily: readonly RandomOp[] = [
  ...Object.entries(smooth).map(([name, reduce]) =>
    reduction(name, reduce, name === 'sum' || name === 'prod' ? { rank: [1, 4] } : NOT_EMPTY),
  ),
  ...Object.entries(extremes).map(([name, reduce]) => reduction(name, reduce, NOT_EMPTY)),
  {
    name: 'all and any',
    draw: (draws) => {
      const shape = draws.shape({ rank: [1, 4] });
      const [axes, keep] = [axesOf(draws, shape.length), draws.flag()];
      return { op: (x) => [tf.all(x, axes, keep), tf.any(x, axes, keep)], inputs: [draws.truths(shape)] };
    },
  },
  {
    name: 'reductions of int32',
    draw: (draws) => {
      const shape = draws.shape(NOT_EMPTY);
      const axes = axesOf(draws, shape.length);
      return {
        op: (x) => [tf.sum(x, axes), tf.max(x, axes), tf.min(x, axes), tf.mean(x, axes)],
        inputs: [draws.integers(shape, -9, 9)],
        // A mean of terms that cancel keeps their rounding, against a magnitude of nearly nothing.
        tolerance: 2e-4,
        detail: { axes },
      };
    },
  },
  alongAxis('argMax and argMin', (x, axis) => [tf.argMax(x, axis), tf.argMin(x, axis)]),
  {
    name: 'softmax and logSoftmax',
    draw: (draws) => ({
      op: (x) => [tf.softmax(x), tf.logSoftmax(x)],
      inputs: [draws.floats(draws.shape(NOT_EMPTY))],
    }),
  },
  ...(['cumsum', 'cumprod'] as const).map((name) => ({
    name,
    draw: (draws: Draws) => {
      const shape = draws.shape(NOT_EMPTY);
      const axis = draws.integer(0, shape.length - 1);
      const [exclusive, reverse] = [draws.flag(), draws.flag()];
      return {
        op: (x: tf.Tensor) => tf[name](x, axis, exclusive, reverse),
        inputs: [draws.floats(shape, -1.5, 1.5)],
        detail: { axis, exclusive, reverse },
      };
    },
  })),
  {
    name: 'topk',
    draw: (draws) => {
      const shape = draws.shape(NOT_EMPTY);
      const k = draws.integer(1, shape.at(-1) ?? 1);
      return {
        op: (x) => {
          const { values, indices } = tf.topk(x, k);
          return [values, indices];
        },
        inputs: [draws.floats(shape)],
        detail: { k },
      };
    },
  },
  {
    name: 'searchSorted',
    draw: (draws) => {
      const [rows, length, count] = [draws.integer(1, 3), draws.integer(1, 6), draws.integer(1, 5)];
      const side = draws.pick(['left', 'right'] as const);
      const sorted = draws.integers([rows, length], 0, 5);
      for (let row = 0; row < rows; row++) sorted.data.subarray(row * length, (row + 1) * length).sort();
      return {
        op: (sequence, values) => tf.searchSorted(sequence, values, side),
        inputs: [sorted, draws.integers([rows, count], -1, 6)],
        detail: { side },
      };
    },
  },
];
