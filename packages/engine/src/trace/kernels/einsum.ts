import { UnsupportedProgramError } from '../../errors.js';
import type { GraphBuilder } from '../../graph/graph-builder.js';
import type { Value } from '../../graph/value.js';
import { sizeOf } from '../../tensor-value.js';
import type { KernelCall } from '../kernel-call.js';
import { reduce } from './reductions.js';

/** A value whose axes are named by letters. */
interface Labelled {
  readonly value: Value;
  readonly letters: readonly string[];
}

/** Contracts two operands with one matrix product; sums out letters that only one of them has. */
export function einsum(call: KernelCall): Value {
  const values = call.list().map((value) => call.refuseTruths(value));
  const { terms, wanted } = readEquation(call.text('equation'), values);
  const dtype = values.reduce((wide, value) => (value.dtype === 'float32' ? 'float32' : wide), values[0]?.dtype);
  const [first, second] = values.map((value, index) => ({
    value: call.graph.cast(value, dtype ?? 'float32'),
    letters: terms[index] ?? [],
  }));
  if (first === undefined) throw refusal(call.text('equation'), 'it was given no tensor');
  const contracted =
    second === undefined
      ? sumOut(call.graph, first, wanted)
      : contract(
          call.graph,
          sumOut(call.graph, first, [...wanted, ...second.letters]),
          sumOut(call.graph, second, [...wanted, ...first.letters]),
          wanted,
        );
  return arrange(call.graph, contracted, wanted).value;
}

interface Equation {
  /** The letters of each operand's axes. */
  readonly terms: readonly (readonly string[])[];
  readonly wanted: readonly string[];
}

/** @throws UnsupportedProgramError if the equation is none of those that TensorFlow.js has, or does not fit the operands */
function readEquation(text: string, operands: readonly Value[]): Equation {
  const equation = text.replace(/\s/g, '');
  const [left = '', right, ...more] = equation.split('->');
  if (right === undefined || more.length > 0) throw refusal(text, 'it has not one arrow');
  const terms = left.split(',').map((term) => [...term]);
  const wanted = [...right];
  if (operands.length > 2 || terms.length !== operands.length) {
    throw refusal(
      text,
      `it names ${terms.length} tensors and was given ${operands.length}; more than two are multiplied one by one`,
    );
  }
  if ([...terms, wanted].some((letters) => letters.some((letter) => !/[a-z]/i.test(letter)))) {
    throw refusal(text, 'axes are named by letters only, and there is no ellipsis');
  }
  if ([...terms, wanted].some((letters) => new Set(letters).size < letters.length)) {
    throw refusal(text, 'a letter stands twice in one term');
  }
  const known = new Map<string, number>();
  operands.forEach(({ shape }, index) => {
    const letters = terms[index] ?? [];
    if (letters.length !== shape.length) {
      throw refusal(
        text,
        `"${letters.join('')}" names ${letters.length} axes of a tensor of shape [${shape.join(',')}]`,
      );
    }
    letters.forEach((letter, axis) => {
      const [extent, other] = [shape[axis] ?? 1, known.get(letter)];
      if (other !== undefined && other !== extent) {
        throw refusal(text, `the axes "${letter}" have ${other} and ${extent} elements`);
      }
      known.set(letter, extent);
    });
  });
  const unknown = wanted.find((letter) => !known.has(letter));
  if (unknown !== undefined) throw refusal(text, `no tensor has an axis "${unknown}"`);
  return { terms, wanted };
}

function refusal(equation: string, reason: string): UnsupportedProgramError {
  return new UnsupportedProgramError(
    `tf.einsum('${equation}')`,
    reason,
    "Write it as 'ij,jk->ik': a letter for each axis of one or two tensors, an arrow, and the letters of the result; take sums of diagonals by a mask.",
  );
}

function sumOut(graph: GraphBuilder, operand: Labelled, kept: readonly string[]): Labelled {
  const axes = operand.letters.flatMap((letter, axis) => (kept.includes(letter) ? [] : [axis]));
  return {
    value: reduce(graph, 'Sum', operand.value, axes, false),
    letters: operand.letters.filter((letter) => kept.includes(letter)),
  };
}

function contract(graph: GraphBuilder, a: Labelled, b: Labelled, wanted: readonly string[]): Labelled {
  const shared = a.letters.filter((letter) => b.letters.includes(letter));
  const batch = shared.filter((letter) => wanted.includes(letter));
  const summed = shared.filter((letter) => !wanted.includes(letter));
  const rows = a.letters.filter((letter) => !shared.includes(letter));
  const columns = b.letters.filter((letter) => !shared.includes(letter));
  const left = group(graph, a, batch, rows, summed);
  const right = group(graph, b, batch, summed, columns);
  const extents = new Map([
    ...a.letters.map((letter, axis) => [letter, a.value.shape[axis] ?? 1] as const),
    ...b.letters.map((letter, axis) => [letter, b.value.shape[axis] ?? 1] as const),
  ]);
  const sizes = (letters: readonly string[]) => letters.map((letter) => extents.get(letter) ?? 1);
  const product = graph.node(
    'BatchMatMul',
    [left, right],
    { transposeA: false, transposeB: false },
    [...sizes(batch), sizeOf(sizes(rows)), sizeOf(sizes(columns))],
    left.dtype,
  );
  // [batch..., rows, columns] -> one axis for each letter
  const letters = [...batch, ...rows, ...columns];
  return { value: graph.reshape(product, sizes(letters)), letters };
}

/** `[batch..., product of rows, product of columns]`. */
function group(
  graph: GraphBuilder,
  operand: Labelled,
  batch: readonly string[],
  rows: readonly string[],
  columns: readonly string[],
): Value {
  const { value } = arrange(graph, operand, [...batch, ...rows, ...columns]);
  const leading = value.shape.slice(0, batch.length);
  const height = sizeOf(value.shape.slice(batch.length, batch.length + rows.length));
  const width = sizeOf(value.shape.slice(batch.length + rows.length));
  return graph.reshape(value, [...leading, height, width]);
}

function arrange(graph: GraphBuilder, operand: Labelled, letters: readonly string[]): Labelled {
  const permutation = letters.map((letter) => operand.letters.indexOf(letter));
  return { value: graph.transpose(operand.value, permutation), letters };
}
