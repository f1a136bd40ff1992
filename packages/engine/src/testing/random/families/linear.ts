import * as tf from '@tensorflow/tfjs';
import type { TensorValue } from '../../../engine.js';
import type { Draws } from '../draws.js';
import type { RandomOp } from '../random-op.js';

/** Two stacks of matrices that can be multiplied, their leading axes broadcast. */
function matrices(draws: Draws, a: boolean, b: boolean, rank = 4): TensorValue[] {
  const [rows, inner, columns] = [draws.integer(1, 4), draws.integer(1, 4), draws.integer(1, 4)];
  const [leadingA, leadingB] =
    rank === 2 ? [[], []] : draws.broadcastPair({ rank: [0, rank - 2], extent: [1, 3], empty: false });
  return [
    draws.floats([...leadingA, ...(a ? [inner, rows] : [rows, inner])]),
    draws.floats([...leadingB, ...(b ? [columns, inner] : [inner, columns])]),
  ];
}

/** An equation of one or two terms, with the extents of its letters. */
function equation(draws: Draws): { readonly text: string; readonly shapes: number[][] } {
  const letters = [...'abcde'].slice(0, draws.integer(1, 5));
  const extents = new Map(letters.map((letter) => [letter, draws.integer(1, 3)]));
  const choose = (from: readonly string[]) => from.filter(() => draws.flag(0.6));
  const mixed = (list: readonly string[]) => draws.order(list.length).map((index) => list[index]);
  const terms = Array.from({ length: draws.integer(1, 2) }, () => mixed(choose(letters))).map((term) =>
    term.length > 0 ? term : [letters[0]],
  );
  const known = [...new Set(terms.flat())];
  const result = mixed(choose(known));
  return {
    text: `${terms.map((term) => term.join('')).join(',')}->${result.join('')}`,
    shapes: terms.map((term) => term.map((letter) => extents.get(letter) ?? 1)),
  };
}

const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const;

export const linearFamily: readonly RandomOp[] = [
  {
    name: 'matMul',
    draw: (draws) => {
      const [a, b] = [draws.flag(), draws.flag()];
      return { op: (x, y) => tf.matMul(x, y, a, b), inputs: matrices(draws, a, b), detail: { a, b } };
    },
  },
  {
    name: 'matMul of empty matrices',
    draw: (draws) => {
      const sizes = [draws.integer(0, 1), draws.integer(0, 2), draws.integer(0, 1)];
      return {
        op: (x, y) => tf.matMul(x, y),
        inputs: [draws.floats([sizes[0], sizes[1]]), draws.floats([sizes[1], sizes[2]])],
      };
    },
  },
  {
    name: 'fused matMul',
    draw: (draws) => {
      const [a, b, activation] = [draws.flag(), draws.flag(), draws.pick(activations)];
      const inputs = matrices(draws, a, b, 2);
      const columns = inputs[1].shape[b ? 0 : 1];
      const bias = draws.floats([columns]);
      // Outside of gradients only the forward pass is fused; the activations have cases of their own.
      const smooth = activation === 'linear' || activation === 'sigmoid';
      const slopes = activation === 'prelu' ? [draws.floats([columns], 0.1, 0.9)] : [];
      return {
        op: (x: tf.Tensor, y: tf.Tensor, offset: tf.Tensor, preluActivationWeights?: tf.Tensor) =>
          tf.fused.matMul({
            a: x,
            b: y,
            transposeA: a,
            transposeB: b,
            bias: offset,
            activation,
            leakyreluAlpha: 0.1,
            preluActivationWeights,
          }),
        inputs: [...inputs, bias, ...slopes],
        gradient: smooth,
        detail: { a, b, activation },
      };
    },
  },
  {
    name: 'einsum',
    draw: (draws) => {
      const { text, shapes } = equation(draws);
      return {
        op: (...tensors: tf.Tensor[]) => tf.einsum(text, ...tensors),
        inputs: shapes.map((shape) => draws.floats(shape)),
        detail: text,
      };
    },
  },
  {
    name: 'dot and outerProduct',
    draw: (draws) => {
      const size = draws.integer(1, 5);
      return {
        op: (x, y) => [tf.dot(x, y), tf.outerProduct(x as tf.Tensor1D, y as tf.Tensor1D)],
        inputs: [draws.floats([size]), draws.floats([size])],
      };
    },
  },
];
