import { EngineError } from '../../errors.js';
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
  const equation = call.text('equation').replace(/\s/g, '');
  const [left = '', right = ''] = equation.split('->');
  const wanted = [...right];
  const terms = left.split(',');
  const operands = call.list().map((value, index) => ({ value, letters: [...(terms[index] ?? '')] }));
  const [first, ...rest] = operands;
  if (first === undefined || rest.length > 1)
    throw new EngineError('tf.einsum takes one or two tensors here: multiply two, then the result with the next.');
  const [second] = rest;
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
    'float32',
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
