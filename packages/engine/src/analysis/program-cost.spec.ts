import { describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import type { Program, ProgramSignature } from '../engine.js';
import { programCost } from './program-cost.js';

const float = (...shape: number[]) => ({ dtype: 'float32', shape }) as const;

function costOf(program: Program, parts: Partial<ProgramSignature>) {
  return programCost('test', program, { constants: {}, state: {}, inputs: {}, ...parts });
}

describe('programCost', () => {
  it('counts a matrix product and its gradients as three products', () => {
    const inputs = { x: float(8, 5) };
    const state = { w: float(5, 3) };
    const forward = costOf(({ inputs: { x }, state: { w } }) => ({ outputs: { y: tf.matMul(x, w) } }), {
      inputs,
      state,
    });
    expect(forward.floatingPointOperations).toBe(2 * 8 * 5 * 3);
    const both = costOf(
      ({ inputs: { x }, state: { w } }) => {
        const [dx, dw] = tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b))([x, w]);
        return { outputs: { dx, dw } };
      },
      { inputs, state },
    );
    expect(both.floatingPointOperations).toBe(2 * 2 * 8 * 5 * 3);
  });

  it('counts convolutions by output, filter and channels, forwards and backwards alike', () => {
    const inputs = { x: float(2, 8, 8, 3) };
    const state = { w: float(3, 3, 3, 16) };
    const convolve = (x: tf.Tensor, w: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 'same');
    const products = 2 * (2 * 4 * 4 * 16) * (3 * 3 * 3);
    const forward = costOf(({ inputs: { x }, state: { w } }) => ({ outputs: { y: convolve(x, w) } }), {
      inputs,
      state,
    });
    expect(forward.floatingPointOperations).toBe(products);
    const backward = costOf(
      ({ inputs: { x }, state: { w } }) => {
        const [dx, dw] = tf.grads(convolve)([x, w]);
        return { outputs: { dx, dw } };
      },
      { inputs, state },
    );
    expect(backward.floatingPointOperations).toBe(2 * products);
  });

  it('counts a depthwise convolution without its channels', () => {
    const program: Program = ({ inputs: { x }, state: { w } }) => ({
      outputs: { y: tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same') },
    });
    const cost = costOf(program, { inputs: { x: float(1, 4, 4, 6) }, state: { w: float(3, 3, 6, 1) } });
    expect(cost.floatingPointOperations).toBe(2 * 4 * 4 * 6 * 9);
  });

  it('keeps parameters resident and adds up what is alive at once', () => {
    const program: Program = ({ inputs: { x }, state: { w } }) => {
      const chain = tf.relu(tf.relu(tf.relu(tf.mul(x, w)))).reshape([100]);
      return { outputs: { sum: tf.sum(chain) } };
    };
    const cost = costOf(program, { inputs: { x: float(10, 10) }, state: { w: float(10, 10) } });
    expect(cost.residentBytes).toBe(400);
    // The chain never holds more than two of its values of 400 bytes; a reshape takes none.
    expect(cost.workingBytes).toBe(800);
  });

  it('takes updates of state to be made in place', () => {
    const program: Program = ({ inputs: { x, rate }, state: { w, average } }) => {
      const [gradient] = tf.grads((a: tf.Tensor) => tf.sum(tf.exp(tf.matMul(x, a))))([w]);
      const next = tf.sub(w, tf.mul(gradient, rate));
      return { outputs: { rate }, state: { w: next, average: tf.add(tf.mul(average, 0.9), tf.mul(next, 0.1)) } };
    };
    const cost = costOf(program, {
      inputs: { x: float(10, 10), rate: float() },
      state: { w: float(10, 10), average: float(10, 10) },
    });
    expect(cost.residentBytes).toBe(800);
    // The rate; the input, the exponential, and what it is made of or the gradient. No new state.
    expect(cost.workingBytes).toBe(4 + 3 * 400);
  });

  it('holds a value that is used late', () => {
    const program: Program = ({ inputs: { x } }) => {
      const early = tf.exp(x);
      const late = tf.exp(tf.exp(tf.exp(early)));
      return { outputs: { sum: tf.sum(tf.add(early, late)) } };
    };
    expect(costOf(program, { inputs: { x: float(100) } }).workingBytes).toBe(1200);
  });
});
