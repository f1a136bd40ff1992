import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../tensor-value.js';
import type { BackwardCall, GradientTable } from './kernel-gradient.js';
import { reducedAxes } from './reduced-axes.js';

type Gradients = Readonly<Record<string, () => tf.Tensor>>;

/** TensorFlow.js transposes the result wrongly off the last axis. */
function cumulativeSum({ dy, saved: [x], attributes }: BackwardCall): Gradients {
  const axis = attributes.axis('axis', x.shape.length);
  return { x: () => tf.cumsum(dy, axis, attributes.flag('exclusive'), !attributes.flag('reverse')) };
}

/**
 * With p the product of all before i, dx[i] = p * s[i], where s[i] = d[i] + x[i + 1] * s[i + 1] sums what later results
 * owe to x[i]; d is dy, moved by one for an exclusive product. The recurrence is run in log(n) rounds, each of which
 * doubles its reach. Right also where x is 0.
 */
function cumulativeProduct({ dy, saved: [x], attributes }: BackwardCall): Gradients {
  const axis = attributes.axis('axis', x.shape.length);
  const turn = (tensor: tf.Tensor) => (attributes.flag('reverse') ? tf.reverse(tensor, axis) : tensor);
  return {
    x: () => {
      const ordered = turn(x);
      const direct = attributes.flag('exclusive') ? moved(turn(dy), axis, 1) : turn(dy);
      const length = x.shape[axis];
      let [sum, factor] = [direct, moved(ordered, axis, 1)];
      for (let reach = 1; reach < length; reach *= 2) {
        sum = tf.add(sum, tf.mul(factor, moved(sum, axis, reach)));
        factor = tf.mul(factor, moved(factor, axis, reach));
      }
      return turn(tf.mul(tf.cumprod(ordered, axis, true), sum));
    },
  };
}

/** Element i of the result is element `i + by`; zeros come in at the end. */
function moved(x: tf.Tensor, axis: number, by: number): tf.Tensor {
  const length = x.shape[axis];
  const kept = Math.max(0, length - by);
  const begin = x.shape.map((_, other) => (other === axis ? length - kept : 0));
  const size = x.shape.map((extent, other) => (other === axis ? kept : extent));
  const paddings = x.shape.map((_, other): [number, number] => [0, other === axis ? length - kept : 0]);
  return tf.pad(tf.slice(x, begin, size), paddings);
}

/** dy times the product of all the others; right for negative axes and where elements are 0. */
function product({ dy, saved: [x], attributes }: BackwardCall): Gradients {
  return {
    x: () => {
      const axes = reducedAxes(attributes, x.shape.length);
      const rest = x.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
      const order = [...rest, ...axes];
      const outer = rest.map((axis) => x.shape[axis]);
      // [..., d, ...] -> [rest..., product of the reduced axes]
      const rows = tf.reshape(tf.transpose(x, order), [...outer, sizeOf(axes.map((axis) => x.shape[axis]))]);
      const others = tf.mul(tf.cumprod(rows, rest.length, true), tf.cumprod(rows, rest.length, true, true));
      const gradient = tf.mul(tf.reshape(dy, [...outer, 1]), others);
      const inverse = order.map((_, axis) => order.indexOf(axis));
      return tf.transpose(
        tf.reshape(
          gradient,
          order.map((axis) => x.shape[axis]),
        ),
        inverse,
      );
    },
  };
}

export const cumulativeGradients: GradientTable = {
  Cumprod: { inputs: ['x'], gradient: cumulativeProduct },
  Cumsum: { inputs: ['x'], gradient: cumulativeSum },
  Prod: { inputs: ['x'], gradient: product },
};
