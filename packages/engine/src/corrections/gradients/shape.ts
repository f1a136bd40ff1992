import * as tf from '@tensorflow/tfjs';
import { sliceRange } from '../../slice-range.js';
import { sizeOf } from '../../tensor-value.js';
import type { BackwardCall, GradientTable } from './kernel-gradient.js';

type Gradients = Readonly<Record<string, () => tf.Tensor>>;

/** Puts dy back between zeros: along each axis every `stride`-th place from `begin` on, backwards if the stride is negative. */
function stridedSlice({ dy, saved: [x], attributes }: BackwardCall): Gradients {
  return {
    x: () => {
      const { begin, end, strides } = sliceRange(attributes, x.shape);
      const size = tf.slice_util.computeOutShape(begin, end, strides);
      if (sizeOf(size) === 0) return tf.zeros(x.shape);
      return x.shape.reduce(
        (spread, extent, axis) => spreadAxis(spread, axis, begin[axis], strides[axis], extent),
        tf.reshape(dy, size),
      );
    },
  };
}

function spreadAxis(x: tf.Tensor, axis: number, begin: number, stride: number, extent: number): tf.Tensor {
  const [count, step] = [x.shape[axis], Math.abs(stride)];
  const first = stride > 0 ? begin : begin + (count - 1) * stride;
  const reach = (count - 1) * step + 1;
  const ordered = stride > 0 ? x : tf.reverse(x, axis);
  return padAxis(insertZeros(ordered, axis, step), axis, first, extent - first - reach);
}

/** Puts `step - 1` zeros between the elements of an axis. */
function insertZeros(x: tf.Tensor, axis: number, step: number): tf.Tensor {
  if (step === 1) return x;
  const [before, count, after] = [x.shape.slice(0, axis), x.shape[axis], x.shape.slice(axis + 1)];
  const apart = padAxis(tf.reshape(x, [...before, count, 1, ...after]), axis + 1, 0, step - 1);
  const joined = tf.reshape(apart, [...before, count * step, ...after]);
  return sliceAxis(joined, axis, 0, (count - 1) * step + 1);
}

function padAxis(x: tf.Tensor, axis: number, before: number, after: number): tf.Tensor {
  if (before === 0 && after === 0) return x;
  return tf.pad(
    x,
    x.shape.map((_, other): [number, number] => (other === axis ? [before, after] : [0, 0])),
  );
}

function sliceAxis(x: tf.Tensor, axis: number, from: number, length: number): tf.Tensor {
  const begin = x.shape.map((_, other) => (other === axis ? from : 0));
  const size = x.shape.map((extent, other) => (other === axis ? length : extent));
  return tf.slice(x, begin, size);
}

/** Folds what was mirrored back onto the elements that it mirrors; TensorFlow.js drops it. */
function mirrorPad({ dy, saved: [x], attributes }: BackwardCall): Gradients {
  const offset = attributes.text('mode') === 'reflect' ? 1 : 0;
  const paddings = attributes.rows('paddings');
  return {
    x: () =>
      x.shape.reduce((folded, length, axis) => {
        const [before, after] = paddings[axis];
        const mirrored = (from: number, count: number, at: number) =>
          padAxis(tf.reverse(sliceAxis(folded, axis, from, count), axis), axis, at, length - at - count);
        const parts = [sliceAxis(folded, axis, before, length)];
        if (before > 0) parts.push(mirrored(0, before, offset));
        if (after > 0) parts.push(mirrored(before + length, after, length - offset - after));
        return parts.reduce((sum, part) => tf.add(sum, part));
      }, dy),
  };
}

/** Sums the repetitions; TensorFlow.js stops at rank 4. */
function tile({ dy, saved: [x], attributes }: BackwardCall): Gradients {
  const repetitions = attributes.numbers('reps');
  return {
    x: () => {
      // [r0 * d0, r1 * d1, ...] -> [r0, d0, d1, ...]: an axis of its own for what is repeated
      const parts = x.shape.flatMap((extent, axis) => {
        const times = repetitions[axis];
        return times === 1
          ? [{ extent, repeated: false }]
          : [
              { extent: times, repeated: true },
              { extent, repeated: false },
            ];
      });
      const axes = parts.flatMap(({ repeated }, axis) => (repeated ? [axis] : []));
      const apart = tf.reshape(
        dy,
        parts.map(({ extent }) => extent),
      );
      return axes.length === 0 ? apart : tf.sum(apart, axes);
    },
  };
}

function depthToSpace({ dy, saved: [x], attributes }: BackwardCall): Gradients {
  const block = attributes.number('blockSize');
  const [batch, height, width, channels] = x.shape;
  return {
    x: () => {
      // [b, h * s, w * s, c] -> [b, h, s, w, s, c] -> [b, h, w, s, s, c]
      const apart = tf.reshape(dy, [batch, height, block, width, block, channels / block ** 2]);
      return tf.reshape(tf.transpose(apart, [0, 1, 3, 2, 4, 5]), x.shape);
    },
  };
}

export const shapeGradients: GradientTable = {
  DepthToSpace: { inputs: ['x'], gradient: depthToSpace },
  Diag: {
    inputs: ['x'],
    gradient: ({ dy, saved: [x] }) => ({
      x: () => tf.reshape(tf.sum(tf.mul(tf.reshape(dy, [x.size, x.size]), tf.eye(x.size)), 1), x.shape),
    }),
  },
  FlipLeftRight: { gradient: ({ dy }) => ({ image: () => tf.reverse(dy, 2) }) },
  // TensorFlow.js takes the gradients of one single part for a list.
  SplitV: {
    gradient: ({ dys, attributes }) => ({ x: () => tf.concat([...dys], attributes.number('axis', 0)) }),
  },
  Unpack: {
    gradient: ({ dys, attributes }) => ({ value: () => tf.stack([...dys], attributes.number('axis', 0)) }),
  },
  MirrorPad: { inputs: ['x'], gradient: mirrorPad },
  StridedSlice: { inputs: ['x'], gradient: stridedSlice },
  Tile: { inputs: ['x'], gradient: tile },
};
