import * as tf from '@tensorflow/tfjs';
import { sumTo } from './kernel-gradient.js';
import type { BackwardCall, GradientTable } from './kernel-gradient.js';

type Gradients = Readonly<Record<string, () => tf.Tensor>>;

/** As TensorFlow.js computes it, and then summed over the leading axes along which an operand was broadcast. */
function matrixProduct({ dy, saved: [a, b], attributes }: BackwardCall): Gradients {
  const [turnedA, turnedB] = [attributes.flag('transposeA'), attributes.flag('transposeB')];
  return {
    a: () => {
      const da = turnedA ? tf.matMul(b, dy, turnedB, true) : tf.matMul(dy, b, false, !turnedB);
      return sumTo(da, a.shape);
    },
    b: () => {
      if (b.rank === 2 && a.rank > 2 && !turnedA) return sharedMatrix(rowsOf(a), rowsOf(dy), turnedB);
      const db = turnedB ? tf.matMul(dy, a, true, turnedA) : tf.matMul(a, dy, !turnedA, false);
      return sumTo(db, b.shape);
    },
  };
}

/** `[..., width]` -> `[rows, width]`. */
function rowsOf(x: tf.Tensor): tf.Tensor {
  const width = x.shape.at(-1) ?? 1;
  return tf.reshape(x, [width === 0 ? 0 : x.size / width, width]);
}

/** The gradient of one matrix that multiplied all rows: a single product. */
function sharedMatrix(rows: tf.Tensor, dy: tf.Tensor, transposed: boolean): tf.Tensor {
  return transposed ? tf.matMul(dy, rows, true) : tf.matMul(rows, dy, true);
}

/** For `a,b->y`: the gradient of a is `y,b->a` on dy and b, repeated along the axes that only a has. */
function einsum({ dy, saved, attributes }: BackwardCall): Gradients {
  const [left, result] = attributes.text('equation').replace(/\s/g, '').split('->');
  const terms = left.split(',');
  return Object.fromEntries(
    saved.map((operand, index): [string, () => tf.Tensor] => {
      const others = saved.flatMap((tensor, other) => (other === index ? [] : [{ tensor, letters: terms[other] }]));
      return [String(index), () => contract(dy, result, others, operand.shape, terms[index])];
    }),
  );
}

interface Labelled {
  readonly tensor: tf.Tensor;
  readonly letters: string;
}

function contract(
  dy: tf.Tensor,
  result: string,
  others: readonly Labelled[],
  shape: readonly number[],
  letters: string,
): tf.Tensor {
  const known = result + others.map((other) => other.letters).join('');
  const shared = [...letters].filter((letter) => known.includes(letter)).join('');
  const kept = shape.map((extent, axis) => (shared.includes(letters[axis]) ? extent : 1));
  return tf.mul(tf.reshape(weigh(dy, result, others[0], shared), kept), tf.ones([...shape]));
}

function weigh(dy: tf.Tensor, result: string, other: Labelled | undefined, wanted: string): tf.Tensor {
  if (other === undefined) return result === '' ? dy : tf.einsum(`${result}->${wanted}`, dy);
  if (other.letters === '') return tf.mul(result === '' ? dy : tf.einsum(`${result}->${wanted}`, dy), other.tensor);
  if (result === '') return tf.mul(dy, tf.einsum(`${other.letters}->${wanted}`, other.tensor));
  return tf.einsum(`${result},${other.letters}->${wanted}`, dy, other.tensor);
}

export const linearGradients: GradientTable = {
  BatchMatMul: { inputs: ['a', 'b'], gradient: matrixProduct },
  Einsum: { inputs: 'all', gradient: einsum },
};
