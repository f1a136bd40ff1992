import type { Value, NodeOf } from '../../graph/value.js';
import type { LoweringContext, LoweringTable } from './context.js';
import { inputAt } from './context.js';
import { fresh } from './elementwise.js';
import type { Emitter } from './emitter.js';
import { productOf } from './large-product.js';
import { identityLayout, sameLayout } from './layout.js';
import type { Lowered } from './lowered.js';

/** A matrix operand as it lies in memory. */
interface Operand {
  readonly name: string;
  /** The last two axes are swapped in memory. */
  readonly swapped: boolean;
}

function operandOf(emitter: Emitter, x: Lowered): Operand {
  const rank = x.shape.length;
  const swappedLayout = [...identityLayout(rank - 2), rank - 1, rank - 2];
  if (sameLayout(x.layout, swappedLayout)) return { name: matrices(emitter, x), swapped: true };
  return { name: matrices(emitter, emitter.toLayout(x, identityLayout(rank))), swapped: false };
}

/** Repetitions along the leading axes are left to the operator; those inside the matrices are made. */
function matrices(emitter: Emitter, x: Lowered): string {
  const rank = x.shape.length;
  const [rows, columns] = x.layout.slice(-2);
  const whole = x.dims[rank - 2] === x.shape[rows ?? 0] && x.dims[rank - 1] === x.shape[columns ?? 0];
  return whole && x.splat === undefined ? x.name : emitter.full(x).name;
}

/** A product of two matrices, with a bias added to each row when there is one. */
export function matrixProduct(node: NodeOf<'BatchMatMul'>, context: LoweringContext, bias?: Value): Lowered {
  const { emitter, get, isConstant, planOf } = context;
  const a = operandOf(emitter, get(inputAt(node, 0)));
  const b = operandOf(emitter, get(inputAt(node, 1)));
  const transA = Number(node.attributes.transposeA !== a.swapped);
  const transB = Number(node.attributes.transposeB !== b.swapped);
  const [rowsOfA, rowsOfB] = [inputAt(node, 0).shape.length, inputAt(node, 1).shape.length];
  if (node.dtype === 'float32' && rowsOfA === 2 && rowsOfB === 2) {
    const [rows = 0, columns = 0] = node.shape;
    const [rowsOfOperand = 0, columnsOfOperand = 0] = inputAt(node, 0).shape;
    const product = {
      ...{ a: a.name, b: b.name, turnedA: transA === 1, turnedB: transB === 1, rows, columns },
      inner: node.attributes.transposeA ? rowsOfOperand : columnsOfOperand,
      bias: bias === undefined ? undefined : emitter.canonical(get(bias)).name,
    };
    return fresh(productOf(emitter, product, node.inputs.some(isConstant), planOf(node)), node);
  }
  if (transA === 0 && transB === 0) return fresh(emitter.emit('MatMul', [a.name, b.name]), node);
  // The other operators are for float32 only.
  if (emitter.standardOnly || node.dtype !== 'float32') {
    const [left, right] = [
      transA === 1 ? swapMatrices(emitter, a.name, rowsOfA) : a.name,
      transB === 1 ? swapMatrices(emitter, b.name, rowsOfB) : b.name,
    ];
    return fresh(emitter.emit('MatMul', [left, right]), node);
  }
  const attributes = { transA, transB, alpha: { float: 1 } };
  return fresh(emitter.emit('FusedMatMul', [a.name, b.name], { attributes, domain: 'com.microsoft' }), node);
}

/** Swaps the last two of `rank` axes. */
function swapMatrices(emitter: Emitter, name: string, rank: number): string {
  return emitter.emit('Transpose', [name], {
    attributes: { perm: [...identityLayout(rank - 2), rank - 1, rank - 2] },
  });
}

export const matmulLowerings: LoweringTable<'BatchMatMul'> = {
  BatchMatMul: (node, context) => matrixProduct(node, context),
};
