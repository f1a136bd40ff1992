import * as tf from '@tensorflow/tfjs';
import type { Draws } from '../draws.js';
import type { RandomOp } from '../random-op.js';

type Sides = [number, number];

/** An op of one tensor, run on float32, and on int32 and truths: it only moves elements. */
function movement(
  name: string,
  make: (draws: Draws, shape: number[]) => { op: (x: tf.Tensor) => tf.Tensor | tf.Tensor[]; detail?: unknown },
  shapeOf: (draws: Draws) => number[] = (draws) => draws.shape({ rank: [1, 4] }),
): RandomOp {
  return {
    name,
    draw: (draws) => {
      const shape = shapeOf(draws);
      const { op, detail } = make(draws, shape);
      const others = [draws.integers(shape, -9, 9), draws.truths(shape)];
      const input = draws.flag(0.7) ? draws.floats(shape) : draws.pick(others);
      return { op, inputs: [input], detail };
    },
  };
}

/** Factors of a size, in any number. */
function factors(draws: Draws, size: number): number[] {
  const shape: number[] = [];
  for (let rest = size; rest > 1 || shape.length === 0;) {
    const divisors = Array.from({ length: rest }, (_, index) => index + 1).filter((value) => rest % value === 0);
    const factor = draws.pick(divisors);
    shape.push(factor);
    rest /= factor;
    if (shape.length > 4 && rest > 1) return [...shape, rest];
  }
  return shape;
}

const filled = (draws: Draws) => draws.shape({ rank: [1, 4], empty: false });

export const shapeFamily: readonly RandomOp[] = [
  movement(
    'reshape',
    (draws, shape) => {
      const target = factors(
        draws,
        shape.reduce((a, b) => a * b, 1),
      );
      return { op: (x) => tf.reshape(tf.transpose(x), target), detail: target };
    },
    filled,
  ),
  movement('transpose', (draws, shape) => {
    const order = draws.order(shape.length);
    return { op: (x) => tf.transpose(x, order), detail: order };
  }),
  movement('expandDims and squeeze', (draws, shape) => {
    const axis = draws.integer(-shape.length - 1, shape.length);
    return { op: (x) => [tf.expandDims(x, axis), tf.squeeze(tf.expandDims(x, axis))], detail: axis };
  }),
  movement('reverse', (draws, shape) => {
    const axes = draws.order(shape.length).slice(0, draws.integer(1, shape.length));
    return { op: (x) => tf.reverse(x, axes), detail: axes };
  }),
  movement('slice', (draws, shape) => {
    const begin = shape.map((length) => draws.integer(0, Math.max(0, length - 1)));
    const size = shape.map((length, axis) => (draws.flag(1 / 3) ? -1 : draws.integer(0, length - begin[axis])));
    return { op: (x) => tf.slice(x, begin, size), detail: { begin, size } };
  }),
  movement(
    'stridedSlice',
    (draws, shape) => {
      const strides = shape.map(() => draws.pick([1, 2, 3, -1, -2]));
      const begin = shape.map((length) => draws.integer(0, length - 1));
      const end = shape.map((length, axis) => (strides[axis] > 0 ? draws.integer(begin[axis] + 1, length) : 0));
      const backwards = strides.reduce((mask, stride, axis) => mask | (Number(stride < 0) << axis), 0);
      const shrunk = draws.integer(0, 2 ** shape.length - 1);
      return {
        op: (x) => tf.stridedSlice(x, begin, end, strides, 0, backwards, 0, 0, shrunk & ~backwards),
        detail: { begin, end, strides, backwards, shrunk },
      };
    },
    filled,
  ),
  movement('tile', (draws, shape) => {
    const repetitions = shape.map(() => draws.integer(1, 3));
    return { op: (x) => tf.tile(x, repetitions), detail: repetitions };
  }),
  movement('broadcastTo', (draws, shape) => {
    const target = [
      ...(draws.flag() ? [draws.integer(1, 3)] : []),
      ...shape.map((length) => (length === 1 ? draws.integer(1, 3) : length)),
    ];
    return { op: (x) => tf.broadcastTo(x, target), detail: target };
  }),
  movement('pad', (draws, shape) => {
    const paddings = shape.map((): Sides => [draws.integer(0, 2), draws.integer(0, 2)]);
    return { op: (x) => tf.pad(x, paddings, 1), detail: paddings };
  }),
  ...(['reflect', 'symmetric'] as const).map((mode) =>
    movement(
      `mirrorPad ${mode}`,
      (draws, shape) => {
        const most = (length: number) => (mode === 'reflect' ? length - 1 : length);
        const paddings = shape.map((length): Sides => [draws.integer(0, most(length)), draws.integer(0, most(length))]);
        return { op: (x) => tf.mirrorPad(x, paddings, mode), detail: paddings };
      },
      filled,
    ),
  ),
  movement('split', (draws, shape) => {
    const axis = draws.integer(0, shape.length - 1);
    const first = draws.integer(0, shape[axis]);
    return { op: (x) => tf.split(x, [first, shape[axis] - first], axis), detail: { axis, first } };
  }),
  movement(
    'unstack',
    (draws, shape) => {
      const axis = draws.integer(0, shape.length - 1);
      return { op: (x) => tf.unstack(x, axis), detail: axis };
    },
    filled,
  ),
  movement('fill', (_, shape) => ({
    op: (x) => [tf.add(tf.cast(x, 'float32'), tf.fill(shape, 3.5)), tf.cast(x, 'float32')],
  })),
  {
    name: 'concat',
    draw: (draws) => {
      const shape = draws.shape({ rank: [1, 4], empty: false });
      const axis = draws.integer(0, shape.length - 1);
      const inputs = Array.from({ length: draws.integer(1, 4) }, () =>
        draws.floats(shape.map((length, other) => (other === axis ? draws.integer(0, 3) : length))),
      );
      return { op: (...parts: tf.Tensor[]) => tf.concat(parts, axis), inputs, detail: axis };
    },
  },
  {
    name: 'stack',
    draw: (draws) => {
      const shape = draws.shape();
      const axis = draws.integer(-1, shape.length);
      const inputs = Array.from({ length: draws.integer(1, 3) }, () => draws.floats(shape));
      return { op: (...parts: tf.Tensor[]) => tf.stack(parts, axis), inputs, detail: axis };
    },
  },
  {
    name: 'spaceToBatchND',
    draw: (draws) => {
      const block = [draws.integer(1, 2), draws.integer(1, 3)];
      const size = block.map((step) => step * draws.integer(1, 2));
      const before = size.map((length) => draws.integer(0, length - 1));
      const paddings = before.map((zeros) => [zeros, 0]);
      const image = [draws.integer(1, 2), size[0] - before[0], size[1] - before[1], draws.integer(1, 2)];
      return {
        op: (x) => tf.spaceToBatchND(x, block, paddings),
        inputs: [draws.floats(image)],
        detail: { block, paddings },
      };
    },
  },
  {
    name: 'batchToSpaceND',
    draw: (draws) => {
      const block = [draws.integer(1, 2), draws.integer(1, 2)];
      const crops = block.map((step) => [draws.integer(0, step - 1), 0]);
      const shape = [block[0] * block[1] * draws.integer(1, 2), draws.integer(1, 3), draws.integer(1, 3), 2];
      return { op: (x) => tf.batchToSpaceND(x, block, crops), inputs: [draws.floats(shape)], detail: { block, crops } };
    },
  },
  {
    name: 'depthToSpace',
    draw: (draws) => {
      const block = draws.integer(2, 3);
      const shape = [draws.integer(1, 2), draws.integer(1, 3), draws.integer(1, 3), block ** 2 * draws.integer(1, 2)];
      return { op: (x) => tf.depthToSpace(x as tf.Tensor4D, block, 'NHWC'), inputs: [draws.floats(shape)] };
    },
  },
  {
    name: 'diag',
    draw: (draws) => ({ op: (x) => tf.diag(x), inputs: [draws.floats(draws.shape({ rank: [1, 2], empty: false }))] }),
  },
  {
    name: 'eye, linspace, range',
    draw: (draws) => {
      const size = draws.integer(1, 5);
      return {
        op: (x) => [tf.mul(tf.eye(size), x), tf.add(tf.linspace(-1, 2, size), x), tf.add(tf.range(0, size), x)],
        inputs: [draws.floats([size])],
      };
    },
  },
];
