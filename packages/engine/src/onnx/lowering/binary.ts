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

const wide = (emitter: Emitter, x: Lowered) => renamed(x, castName(emitter, emitter.nameWithRank(x), 'float64'));

/** The quotient of whole numbers rounded down, held in float64, which is exact; infinite or NaN where the divisor is 0. */
function wideQuotient(emitter: Emitter, a: Lowered, b: Lowered, shape: readonly number[]): Lowered {
  return mapElements(emitter, 'Floor', broadcast(emitter, 'Div', [wide(emitter, a), wide(emitter, b)], shape, 'int32'));
}

/** Whole numbers from float64; 0 where the divisor is, as in TensorFlow.js. */
function narrow(emitter: Emitter, x: Lowered, divisor: Lowered, shape: readonly number[]): Lowered {
  const whole = renamed(x, castName(emitter, x.name, 'int32'));
  if (divisor.splat !== undefined && divisor.splat !== 0) return whole;
  const zero = emitter.splat(0, [], 'int32');
  const none = broadcast(emitter, 'Equal', [divisor, zero], divisor.shape, 'bool');
  return broadcast(emitter, 'Where', [none, zero, whole], shape, 'int32');
}

/** The quotient rounded down, int32. */
const floorDivide: Compute = (emitter, a, b, shape) => {
  if (a.dtype !== 'float32') return narrow(emitter, wideQuotient(emitter, a, b, shape), b, shape);
  return castTo(emitter, mapElements(emitter, 'Floor', broadcast(emitter, 'Div', [a, b], shape, 'float32')), 'int32');
};

/** `a - b * floor(a / b)`. ONNX Runtime's own `Mod` of int32 ends the process for the least number and -1, and fails for 0. */
function wholeModulo(emitter: Emitter, a: Lowered, b: Lowered, shape: readonly number[]): Lowered {
  const multiple = broadcast(emitter, 'Mul', [wideQuotient(emitter, a, b, shape), wide(emitter, b)], shape, 'int32');
  return narrow(emitter, broadcast(emitter, 'Sub', [wide(emitter, a), multiple], shape, 'int32'), b, shape);
}

/** The remainder with the divisor's sign. */
const modulo: Compute = (emitter, a, b, shape) => {
  if (a.dtype !== 'float32') return wholeModulo(emitter, a, b, shape);
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
const angle: Compute = (emitter, givenA, givenB, shape) => {
  const [a, b] = [castTo(emitter, givenA, 'float32'), castTo(emitter, givenB, 'float32')];
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
  const result = where(compare('Equal', b), upright, where(compare('Less', b), left, slope));
  return castTo(emitter, result, givenA.dtype);
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
