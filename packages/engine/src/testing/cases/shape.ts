import * as tf from '@tensorflow/tfjs';
import { floats, integers, truths } from '../check-op.js';
import type { OpCase } from '../check-op.js';

const x = () => [floats([2, 3, 4])];
const image = (channels = 3) => [floats([2, 4, 6, channels])];

/** Each op of this group, with shapes that matter. */
export const shapeCases: readonly OpCase[] = [
  { name: 'reshape after transpose', op: (a) => tf.reshape(tf.transpose(a, [2, 0, 1]), [4, 6]), inputs: x() },
  {
    name: 'reshape with new ones',
    op: (a) => tf.add(tf.reshape(tf.transpose(a, [2, 0, 1]), [4, 1, 2, 3]), 1),
    inputs: x(),
  },
  {
    name: 'squeeze and expand',
    op: (a) => tf.expandDims(tf.squeeze(tf.slice(a, [0, 1, 0], [2, 1, 4]), [1]), 0),
    inputs: x(),
  },
  {
    name: 'transpose in arithmetic',
    op: (a) => tf.add(tf.transpose(a, [1, 0, 2]), tf.reshape(tf.sum(a, 0), [3, 1, 4])),
    inputs: x(),
  },
  { name: 'broadcastTo', op: (a) => tf.mul(tf.broadcastTo(a, [5, 3]), tf.range(0, 3)), inputs: [floats([1, 3])] },
  { name: 'broadcastTo, reduced', op: (a) => tf.sum(tf.broadcastTo(a, [5, 3]), 0), inputs: [floats([1, 3])] },
  {
    name: 'broadcastTo, sliced and transposed',
    op: (a) => tf.slice(tf.transpose(tf.broadcastTo(a, [5, 3])), [1, 1], [2, 3]),
    inputs: [floats([1, 3])],
  },
  { name: 'tile', op: (a) => tf.tile(a, [2, 1, 3]), inputs: x() },
  { name: 'tile of ones', op: (a) => tf.tile(a, [2, 1]), inputs: [floats([1, 3])] },
  {
    name: 'concat',
    op: (a, b) => tf.concat([a, tf.transpose(b, [0, 2, 1])], 2),
    inputs: [floats([2, 3, 4]), floats([2, 5, 3])],
  },
  {
    name: 'concat with an empty part',
    op: (a, b) => tf.concat([a, b], 0),
    inputs: [floats([2, 3]), floats([0, 3])],
    gradient: false,
  },
  { name: 'stack', op: (a, b) => tf.stack([a, b], 1), inputs: [floats([2, 3]), floats([2, 3])] },
  { name: 'stack on the last axis', op: (a, b) => tf.stack([a, b], -1), inputs: [floats([2, 3]), floats([2, 3])] },
  { name: 'unstack', op: (a) => tf.unstack(a, 1), inputs: x() },
  { name: 'split', op: (a) => tf.split(a, [1, 3], 2), inputs: x() },
  { name: 'slice up to the end', op: (a) => tf.slice(a, [1, 0, 2]), inputs: x() },
  { name: 'slice of the first axis', op: (a) => tf.slice(a, 1), inputs: x() },
  { name: 'slice', op: (a) => tf.slice(a, [0, 1, 1], [2, 2, -1]), inputs: x() },
  {
    name: 'stridedSlice',
    op: (a) => tf.stridedSlice(a, [0, -1, 3], [2, -4, 0], [1, -1, -2]),
    inputs: x(),
    gradient: false,
  },
  {
    name: 'pad',
    op: (a) =>
      tf.pad(
        a,
        [
          [0, 1],
          [2, 0],
          [1, 1],
        ],
        0.5,
      ),
    inputs: x(),
  },
  { name: 'pad of int32', op: (a) => tf.pad(a, [[1, 1]], 3), inputs: [integers([4], 9)] },
  {
    name: 'mirrorPad reflect',
    op: (a) =>
      tf.mirrorPad(
        a,
        [
          [0, 0],
          [2, 1],
          [1, 3],
        ],
        'reflect',
      ),
    inputs: x(),
    gradient: false,
  },
  {
    name: 'mirrorPad symmetric',
    op: (a) =>
      tf.mirrorPad(
        a,
        [
          [1, 2],
          [3, 0],
          [4, 4],
        ],
        'symmetric',
      ),
    inputs: x(),
    gradient: false,
  },
  { name: 'flipLeftRight', op: (a) => tf.image.flipLeftRight(a as tf.Tensor4D), inputs: image(), gradient: false },
  {
    name: 'sparseToDense',
    op: (i, v) => tf.sparseToDense(i, v, [9], -1),
    inputs: [{ dtype: 'int32', shape: [3], data: Int32Array.of(1, 4, 7) }, floats([3])],
    gradient: false,
  },
  { name: 'reverse', op: (a) => tf.reverse(a, [0, -1]), inputs: x() },
  {
    name: 'batchToSpaceND',
    op: (a) =>
      tf.batchToSpaceND(
        a,
        [2, 2],
        [
          [0, 1],
          [1, 0],
        ],
      ),
    inputs: [floats([8, 2, 3, 2])],
  },
  {
    name: 'spaceToBatchND',
    op: (a) =>
      tf.spaceToBatchND(
        a,
        [2, 3],
        [
          [1, 1],
          [0, 0],
        ],
      ),
    inputs: image(),
  },
  { name: 'depthToSpace', op: (a) => tf.depthToSpace(a as tf.Tensor4D, 2, 'NHWC'), inputs: image(8), gradient: false },
  { name: 'meshgrid', op: (a, b) => tf.meshgrid(a, b), inputs: [floats([3]), floats([4])] },
  { name: 'gather', op: (a, i) => tf.gather(a, i, 1), inputs: [floats([2, 5, 3]), integers([4], 5)] },
  { name: 'embedding', op: (a, i) => tf.gather(a, i), inputs: [floats([6, 3]), integers([2, 4], 6)] },
  {
    name: 'gather with batch dimensions',
    op: (a, i) => tf.gather(a, i, 1, 1),
    inputs: [floats([2, 5, 3]), integers([2, 4], 5)],
    gradient: false,
  },
  {
    name: 'gather behind batch dimensions',
    op: (a, i) => tf.gather(a, i, 2, 1),
    inputs: [floats([2, 3, 5, 2]), integers([2, 4], 5)],
    gradient: false,
  },
  {
    name: 'gatherND',
    op: (a, i) => tf.gatherND(a, i),
    inputs: [floats([4, 5, 3]), integers([6, 2], 4)],
    gradient: false,
  },
  {
    name: 'scatterND',
    op: (i, u) => tf.scatterND(i, u, [5, 3]),
    inputs: [integers([4, 1], 5), floats([4, 3])],
    gradient: false,
  },
  {
    name: 'tensorScatterUpdate',
    op: (a, u) => tf.tensorScatterUpdate(a, tf.tensor2d([[1], [3]], [2, 1], 'int32'), u),
    inputs: [floats([5, 3]), floats([2, 3])],
    gradient: false,
  },
  {
    name: 'unsortedSegmentSum',
    op: (a, i) => tf.unsortedSegmentSum(a, i as tf.Tensor1D, 4),
    inputs: [floats([6, 2]), integers([6], 4)],
  },
  {
    name: 'oneHot',
    op: (i) => [tf.oneHot(i, 5), tf.oneHot(i, 3, 2, -1, 'float32')],
    inputs: [integers([2, 3], 5)],
    gradient: false,
  },
  { name: 'eye and diag', op: (a) => [tf.mul(tf.eye(3), a), tf.diag(a)], inputs: [floats([3])], gradient: false },
  {
    name: 'tables',
    op: (a) => [tf.add(a, tf.linspace(0, 1, 4)), tf.range(0, 9, 2), tf.fill([2, 2], 7)],
    inputs: [floats([4])],
    gradient: false,
  },
  {
    name: 'bincount',
    op: (i) => tf.bincount(i as tf.Tensor1D, tf.tensor1d([]), 5),
    inputs: [integers([9], 5)],
    gradient: false,
  },
  {
    name: 'truths moved about',
    op: (c) => [
      tf.reverse(c, 0),
      tf.transpose(c),
      tf.pad(c, [
        [1, 0],
        [0, 1],
      ]),
      tf.concat([c, c], 1),
    ],
    inputs: [truths([3, 4])],
    gradient: false,
  },
];
