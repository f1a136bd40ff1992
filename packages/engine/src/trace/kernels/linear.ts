import * as tf from '@tensorflow/tfjs';
import type { Value } from '../../graph/value.js';
import type { KernelCall, KernelTable } from '../kernel-call.js';
import { activate } from './activation.js';
import { einsum } from './einsum.js';
import { binary } from './elementwise.js';

export function matMul(call: KernelCall, a: Value, b: Value, transposeA: boolean, transposeB: boolean): Value {
  const batch = tf.backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const rows = a.shape.at(transposeA ? -1 : -2) ?? 0;
  const columns = b.shape.at(transposeB ? -2 : -1) ?? 0;
  return call.graph.node('BatchMatMul', [a, b], { transposeA, transposeB }, [...batch, rows, columns], a.dtype);
}

export const linearKernels: KernelTable = {
  BatchMatMul: (call) =>
    matMul(call, call.numbersIn('a'), call.numbersIn('b'), call.flag('transposeA'), call.flag('transposeB')),
  Einsum: einsum,
  _FusedMatMul: (call) => {
    const [a, b] = [call.numbersIn('a'), call.numbersIn('b')];
    const product = matMul(call, a, b, call.flag('transposeA'), call.flag('transposeB'));
    const bias = call.optionalInput('bias');
    return activate(call, bias === undefined ? product : binary(call.graph, 'Add', product, bias));
  },
};
