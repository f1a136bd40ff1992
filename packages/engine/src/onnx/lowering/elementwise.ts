import type { TensorDataType } from '../../engine.js';
import { ONNX_TYPES } from '../format/model.js';
import type { OnnxAttribute, OnnxType } from '../format/model.js';
import type { Emitter } from './emitter.js';
import type { Layout } from './layout.js';
import { identityLayout, isIdentity } from './layout.js';
import type { Lowered } from './lowered.js';
import { lowered } from './lowered.js';

/** A tensor ready to be broadcast: its name and its extents in memory, as many as the result has. */
interface Aligned {
  readonly name: string;
  readonly dims: readonly number[];
}

/** Emits an operator that works element by element, with ONNX broadcasting, in the layout of the largest operand. */
export function broadcast(
  emitter: Emitter,
  operator: string,
  given: readonly Lowered[],
  shape: readonly number[],
  dtype: TensorDataType,
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
): Lowered {
  // ONNX gives the result the rank of its operands, among which a splat is a scalar.
  const reached = given.some(({ splat, shape: own }) => splat === undefined && own.length === shape.length);
  const operands = reached ? given : given.map((x) => (x.splat === undefined ? emitter.withRank(x, shape.length) : x));
  const layout = commonLayout(operands, shape.length);
  const allSplats = operands.every((operand) => operand.splat !== undefined);
  const aligned = operands.map((operand, index) => align(emitter, operand, layout, allSplats && index === 0));
  const dims = layout.map(
    (_, axis) => aligned.map((operand) => operand.dims[axis] ?? 1).find((size) => size !== 1) ?? 1,
  );
  const names = aligned.map((operand) => operand.name);
  return lowered(emitter.emit(operator, names, { attributes }), shape, dtype, { layout, dims });
}

function commonLayout(operands: readonly Lowered[], rank: number): Layout {
  let layout: Layout = identityLayout(rank);
  let largest = -1;
  for (const operand of operands) {
    if (operand.shape.length !== rank || operand.splat !== undefined) continue;
    const size = operand.dims.reduce((product, extent) => product * extent, 1);
    if (size <= largest) continue;
    largest = size;
    layout = operand.layout;
  }
  return layout;
}

function align(emitter: Emitter, operand: Lowered, layout: Layout, withRank: boolean): Aligned {
  const rank = layout.length;
  if (operand.splat !== undefined) {
    const ones = new Array<number>(rank).fill(1);
    return { name: withRank && rank > 0 ? emitter.reshape(operand.name, ones) : operand.name, dims: ones };
  }
  if (isIdentity(layout)) {
    const { name, dims } = emitter.toLayout(operand, identityLayout(operand.shape.length));
    return { name, dims: [...new Array<number>(rank - dims.length).fill(1), ...dims] };
  }
  return emitter.toLayout(emitter.withRank(operand, rank), layout);
}

/** Emits an operator with one input that keeps shape, layout and repetitions. */
export function mapElements(
  emitter: Emitter,
  operator: string,
  x: Lowered,
  dtype: TensorDataType = x.dtype,
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
): Lowered {
  return renamed(x, emitter.emit(operator, [emitter.nameWithRank(x)], { attributes }), dtype);
}

/** The result of an operator that kept the layout of a value. */
export function renamed(x: Lowered, name: string, dtype: TensorDataType = x.dtype): Lowered {
  return lowered(name, x.shape, dtype, { layout: x.layout, dims: x.dims });
}

/** A tensor in logical order that holds the value of a node. */
export function fresh(
  name: string,
  node: { readonly shape: readonly number[]; readonly dtype: TensorDataType },
): Lowered {
  return lowered(name, node.shape, node.dtype);
}

/** Converts to another element type of programs. */
export function castTo(emitter: Emitter, x: Lowered, dtype: TensorDataType): Lowered {
  if (x.dtype === dtype) return x;
  const key = `cast ${dtype}`;
  const known = x.forms.get(key);
  if (known !== undefined) return known;
  const form = renamed(x, castName(emitter, emitter.nameWithRank(x), dtype), dtype);
  x.forms.set(key, form);
  return form;
}

/** Converts an ONNX tensor to any element type. */
export function castName(emitter: Emitter, name: string, type: OnnxType): string {
  return emitter.emit('Cast', [name], { attributes: { to: ONNX_TYPES[type] } });
}

/** A scalar float32 operand. */
export function floatOperand(emitter: Emitter, value: number): Lowered {
  return emitter.splat(value, [], 'float32');
}
