import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../tensor-value.js';
import { noGradient, sumTo } from './kernel-gradient.js';
import type { BackwardCall, GradientTable } from './kernel-gradient.js';

type Gradients = Readonly<Record<string, () => tf.Tensor>>;

/** Adds each slice of dy to the slice of x that it was taken from; any axis, any number of batch dimensions. */
function gather({ dy, saved: [x, indices], attributes }: BackwardCall): Gradients {
  const axis = attributes.axis('axis', x.shape.length);
  const given = attributes.number('batchDims', 0);
  const batchDimensions = given < 0 ? given + indices.rank : given;
  const batch = sizeOf(x.shape.slice(0, batchDimensions));
  const between = sizeOf(x.shape.slice(batchDimensions, axis));
  const length = x.shape[axis];
  const inner = sizeOf(x.shape.slice(axis + 1));
  const picks = sizeOf(indices.shape.slice(batchDimensions));
  return {
    x: () => {
      // [batch..., between..., picks..., inner...] -> [batch * picks, between, inner]
      const rows = tf.transpose(tf.reshape(dy, [batch, between, picks, inner]), [0, 2, 1, 3]);
      const first = tf.mul(tf.range(0, batch, 1, 'int32'), tf.scalar(length, 'int32'));
      const places = tf.add(tf.reshape(tf.cast(indices, 'int32'), [batch, picks]), tf.reshape(first, [batch, 1]));
      const sums = tf.unsortedSegmentSum(
        tf.reshape(rows, [batch * picks, between, inner]),
        tf.reshape<tf.Rank.R1>(places, [batch * picks]),
        batch * length,
      );
      const ordered = tf.transpose(tf.reshape(sums, [batch, length, between, inner]), [0, 2, 1, 3]);
      return tf.reshape(ordered, x.shape);
    },
    indices: noGradient(indices),
  };
}

function updated({ dy, saved: [indices, updates] }: BackwardCall): Gradients {
  return { indices: noGradient(indices), updates: () => tf.reshape(tf.gatherND(dy, indices), updates.shape) };
}

/** What was written over has no gradient. */
function overwritten(dy: tf.Tensor, indices: tf.Tensor): tf.Tensor {
  const slices = [...indices.shape.slice(0, -1), ...dy.shape.slice(indices.shape.at(-1) ?? 0)];
  const hits = tf.scatterND(indices, tf.ones(slices), dy.shape);
  return tf.where(tf.greater(hits, 0), tf.zerosLike(dy), dy);
}

function sparseToDense({ dy, saved: [given, values, initial] }: BackwardCall): Gradients {
  const rows = given.rank < 2 ? tf.reshape(given, [given.size, 1]) : given;
  return {
    sparseIndices: noGradient(given),
    sparseValues: () => sumTo(tf.gatherND(dy, rows), values.shape),
    defaultValue: () => sumTo(overwritten(dy, rows), initial.shape),
  };
}

/** A weight is counted in the bin that its element names; unweighted counts are constant. */
function counts({ dy, saved: [x, weights], attributes }: BackwardCall): Gradients {
  const weighted = weights.size > 0 && !attributes.flag('binaryOutput');
  const size = dy.shape.at(-1) ?? 0;
  return {
    x: noGradient(x),
    weights: weighted
      ? () => {
          const bins = tf.range(0, size, 1, 'int32');
          const hits = tf.cast(tf.equal(tf.expandDims(tf.cast(x, 'int32'), -1), bins), 'float32');
          return tf.sum(tf.mul(hits, tf.expandDims(dy, -2)), -1);
        }
      : noGradient(weights),
  };
}

export const indexingGradients: GradientTable = {
  Bincount: { inputs: ['x', 'weights'], gradient: counts },
  DenseBincount: { inputs: ['x', 'weights'], gradient: counts },
  GatherNd: {
    inputs: ['params', 'indices'],
    gradient: ({ dy, saved: [params, indices] }) => ({
      params: () => tf.scatterND(tf.cast(indices, 'int32'), dy, params.shape),
      indices: noGradient(indices),
    }),
  },
  GatherV2: { inputs: ['x', 'indices'], gradient: gather },
  ScatterNd: { inputs: ['indices', 'updates'], gradient: updated },
  SparseToDense: { inputs: ['sparseIndices', 'sparseValues', 'defaultValue'], gradient: sparseToDense },
  TensorScatterUpdate: {
    inputs: ['indices', 'updates'],
    gradient: (call) => ({ ...updated(call), tensor: () => overwritten(call.dy, call.saved[0]) }),
  },
};
