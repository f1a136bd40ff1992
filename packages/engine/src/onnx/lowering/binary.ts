import type { BinaryOperation } from '../../graph/operations.js';
import type { Lowering, LoweringTable } from './context.js';
import { inputsOf } from './context.js';
import { broadcast, castName, castTo, floatOperand, mapElements, renamed } from './elementwise.js';
import type { Emitter } from './emitter.js';
import type { Lowered } from './lowered.js';

/** One ONNX operator that keeps the element type. */
const direct =
  (operator: string): Lowering<BinaryOperation> =>
  (node, context) =>
    broadcast(context.emitter, operator, inputsOf(node, context), node.shape, node.dtype);

type Compute = (emitter: Emitter, a: Lowered, b: Lowered, shape: readonly number[]) => Lowered;

const composed =
  (compute: Compute): Lowering<BinaryOperation> =>
  (node, context) => {
    const [a, b] = inputsOf(node, context);
    if (a === undefined || b === undefined) throw new Error(`${node.operation} takes two inputs`);
    return compute(context.emitter, a, b, node.shape);
  };

/** Truth values combine as such, whatever the inputs' type. */
const onTruths =
  (operator: string): Lowering<BinaryOperation> =>
  (node, context) => {
    const operands = inputsOf(node, context).map((operand) => castTo(context.emitter, operand, 'bool'));
    return broadcast(context.emitter, operator, operands, node.shape, 'bool');
  };

/** A comparison of numbers; truth values count as 0 and 1. */
const comparison =
  (operator: string): Lowering<BinaryOperation> =>
  (node, context) => {
    const operands = inputsOf(node, context).map((operand) =>
      operand.dtype === 'bool' ? castTo(context.emitter, operand, 'int32') : operand,
    );
    return broadcast(context.emitter, operator, operands, node.shape, 'bool');
  };

/** The quotient rounded down, int32; of whole numbers computed in float64, as exact as JavaScript's. */
const floorDivide: Compute = (emitter, a, b, shape) => {
  if (a.dtype === 'float32') {
    return castTo(emitter, mapElements(emitter, 'Floor', broadcast(emitter, 'Div', [a, b], shape, 'float32')), 'int32');
  }
  const wide = (x: Lowered) => renamed(x, castName(emitter, emitter.nameWithRank(x), 'float64'));
  const quotient = broadcast(emitter, 'Div', [wide(a), wide(b)], shape, a.dtype);
  return renamed(quotient, castName(emitter, emitter.emit('Floor', [quotient.name]), 'int32'));
};

/** The remainder with the divisor's sign. */
const modulo: Compute = (emitter, a, b, shape) => {
  if (a.dtype !== 'float32') return broadcast(emitter, 'Mod', [a, b], shape, a.dtype);
  const remainder = broadcast(emitter, 'Mod', [a, b], shape, 'float32', { fmod: 1 });
  const shifted = broadcast(emitter, 'Add', [remainder, b], shape, 'float32');
  const wrapped = broadcast(emitter, 'Mod', [shifted, b], shape, 'float32', { fmod: 1 });
  const zero = floatOperand(emitter, 0);
  const [aNegative, bNegative] = [a, b].map((x) => broadcast(emitter, 'Less', [x, zero], x.shape, 'bool'));
  if (aNegative === undefined || bNegative === undefined) throw new Error('Mod takes two inputs');
  const signsDiffer = broadcast(emitter, 'Xor', [aNegative, bNegative], shape, 'bool');
  return broadcast(emitter, 'Where', [signsDiffer, wrapped, remainder], shape, 'float32');
};

/** The angle of the point (b, a), from the arctangent of the slope and the quadrant. */
const angle: Compute = (emitter, a, b, shape) => {
  const [zero, pi, half] = [0, Math.PI, Math.PI / 2].map((value) => floatOperand(emitter, value));
  if (zero === undefined || pi === undefined || half === undefined) throw new Error('Three constants');
  const where = (condition: Lowered, whenTrue: Lowered, whenFalse: Lowered) =>
    broadcast(emitter, 'Where', [condition, whenTrue, whenFalse], shape, 'float32');
  const compare = (operator: string, x: Lowered) => broadcast(emitter, operator, [x, zero], x.shape, 'bool');
  const slope = mapElements(emitter, 'Atan', broadcast(emitter, 'Div', [a, b], shape, 'float32'));
  const left = where(
    compare('Less', a),
    broadcast(emitter, 'Sub', [slope, pi], shape, 'float32'),
    broadcast(emitter, 'Add', [slope, pi], shape, 'float32'),
  );
  const sign = mapElements(emitter, 'Sign', a);
  const upright = broadcast(emitter, 'Mul', [sign, half], a.shape, 'float32');
  return where(compare('Equal', b), upright, where(compare('Less', b), left, slope));
};

const squaredDifference: Compute = (emitter, a, b, shape) => {
  const difference = broadcast(emitter, 'Sub', [a, b], shape, a.dtype);
  return renamed(difference, emitter.emit('Mul', [difference.name, difference.name]));
};

export const binaryLowerings: LoweringTable<BinaryOperation> = {
  Add: direct('Add'),
  Atan2: composed(angle),
  BitwiseAnd: direct('BitwiseAnd'),
  Equal: comparison('Equal'),
  FloorDiv: composed(floorDivide),
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),
  LogicalAnd: onTruths('And'),
  LogicalOr: onTruths('Or'),
  Maximum: direct('Max'),
  Minimum: direct('Min'),
  Mod: composed(modulo),
  Multiply: direct('Mul'),
  NotEqual: (node, context) => mapElements(context.emitter, 'Not', comparison('Equal')(node, context)),
  Pow: direct('Pow'),
  RealDiv: direct('Div'),
  SquaredDifference: composed(squaredDifference),
  Sub: direct('Sub'),
};
