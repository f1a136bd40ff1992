import * as tf from '@tensorflow/tfjs';
import type { TensorDataType } from '../../engine.js';
import type { GraphBuilder } from '../../graph/graph-builder.js';
import { BINARY_OPERATIONS, UNARY_OPERATIONS } from '../../graph/operations.js';
import type { BinaryOperation, UnaryOperation } from '../../graph/operations.js';
import type { Value } from '../../graph/value.js';
import { recordable } from '../recording.js';
import type { KernelCall, KernelTable, TraceKernel } from '../kernel-call.js';

const TRUTH_VALUED = new Set<UnaryOperation | BinaryOperation>([
  'Equal',
  'Greater',
  'GreaterEqual',
  'IsFinite',
  'IsInf',
  'IsNan',
  'Less',
  'LessEqual',
  'LogicalAnd',
  'LogicalNot',
  'LogicalOr',
  'NotEqual',
]);

export function unary(graph: GraphBuilder, operation: UnaryOperation, x: Value): Value {
  return graph.node(operation, [x], {}, x.shape, TRUTH_VALUED.has(operation) ? 'bool' : x.dtype);
}

export function binary(graph: GraphBuilder, operation: BinaryOperation, a: Value, b: Value): Value {
  const shape = tf.backend_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);
  const dtype: TensorDataType = TRUTH_VALUED.has(operation) ? 'bool' : operation === 'FloorDiv' ? 'int32' : a.dtype;
  return graph.node(operation, [a, b], {}, shape, dtype);
}

/** The element type that holds the elements of both. */
export function widest(a: Value, b: Value): TensorDataType {
  const types = [a.dtype, b.dtype];
  return types.includes('float32') ? 'float32' : types.includes('int32') ? 'int32' : 'bool';
}

export function scalar(graph: GraphBuilder, value: number): Value {
  return graph.splat(value, [], 'float32');
}

export function select(graph: GraphBuilder, condition: Value, whenTrue: Value, whenFalse: Value): Value {
  const { assertAndGetBroadcastShape } = tf.backend_util;
  const branches = assertAndGetBroadcastShape([...whenTrue.shape], [...whenFalse.shape]);
  const shape = assertAndGetBroadcastShape([...condition.shape], branches);
  const dtype = widest(whenTrue, whenFalse);
  return graph.node('Select', [condition, graph.cast(whenTrue, dtype), graph.cast(whenFalse, dtype)], {}, shape, dtype);
}

/** What takes an input: truth values only where the result is one. */
const operand = (call: KernelCall, operation: UnaryOperation | BinaryOperation, name: string): Value =>
  TRUTH_VALUED.has(operation) ? call.input(name) : call.numbersIn(name);

const unaryKernels: KernelTable = Object.fromEntries(
  UNARY_OPERATIONS.filter((operation) => operation !== 'Cast').map((operation): [string, TraceKernel] => [
    operation,
    (call) => unary(call.graph, operation, operand(call, operation, 'x')),
  ]),
);

const binaryKernels: KernelTable = Object.fromEntries(
  BINARY_OPERATIONS.map((operation): [string, TraceKernel] => [
    operation,
    (call) => binary(call.graph, operation, operand(call, operation, 'a'), operand(call, operation, 'b')),
  ]),
);

export const elementwiseKernels: KernelTable = {
  ...unaryKernels,
  ...binaryKernels,
  AddN: (call) =>
    call
      .list()
      .map((term) => call.refuseTruths(term))
      .reduce((sum, term) => binary(call.graph, 'Add', sum, term)),
  Cast: (call) => call.graph.cast(call.input('x'), recordable(call.text('dtype'), call.op)),
  ClipByValue: (call) => {
    const x = call.numbersIn('x');
    const attributes = { minimum: call.number('clipValueMin'), maximum: call.number('clipValueMax') };
    return call.graph.node('ClipByValue', [x], attributes, x.shape, x.dtype);
  },
  EluGrad: (call) => {
    const [dy, y] = [call.input('dy'), call.input('y')];
    const { graph } = call;
    const negative = binary(graph, 'Multiply', dy, binary(graph, 'Add', y, scalar(graph, 1)));
    return select(graph, binary(graph, 'GreaterEqual', y, scalar(graph, 0)), dy, negative);
  },
  // float32 also of whole numbers, as this one alone among the functions of one number is
  Exp: (call) => unary(call.graph, 'Exp', call.graph.cast(call.numbersIn('x'), 'float32')),
  Identity: (call) => call.input('x'),
  LeakyRelu: (call) => {
    const x = call.graph.cast(call.numbersIn('x'), 'float32');
    return call.graph.node('LeakyRelu', [x], { alpha: call.number('alpha') }, x.shape, x.dtype);
  },
  Prelu: (call) => {
    const [x, alpha] = [call.numbersIn('x'), call.numbersIn('alpha')];
    const { graph } = call;
    const negative = binary(graph, 'Less', x, scalar(graph, 0));
    return select(graph, negative, binary(graph, 'Multiply', x, alpha), x);
  },
  Select: (call) => select(call.graph, call.input('condition'), call.input('t'), call.input('e')),
  Step: (call) => {
    const x = call.numbersIn('x');
    return call.graph.node('Step', [x], { alpha: call.number('alpha', 0) }, x.shape, x.dtype);
  },
};
