import type { UnaryOperation } from '../../graph/operations.js';
import type { Lowering, LoweringTable } from './context.js';
import { inputAt } from './context.js';
import { broadcast, castTo, floatOperand, mapElements, renamed } from './elementwise.js';
import type { Emitter } from './emitter.js';
import type { Lowered } from './lowered.js';

type Compute = (x: Lowered, emitter: Emitter) => Lowered;

/** Computes on float32 and returns to the element type that the operation has. */
const onFloats =
  (compute: Compute): Lowering<UnaryOperation> =>
  (node, { emitter, get }) =>
    castTo(emitter, compute(castTo(emitter, get(inputAt(node, 0)), 'float32'), emitter), node.dtype);

/** One ONNX operator, on float32. */
const direct = (operator: string) => onFloats((x, emitter) => mapElements(emitter, operator, x));

/** One ONNX operator, on float32 and int32. */
const onNumbers =
  (operator: string): Lowering<UnaryOperation> =>
  (node, { emitter, get }) =>
    mapElements(emitter, operator, get(inputAt(node, 0)));

/** Rounding leaves whole numbers as they are. */
const rounding =
  (operator: string): Lowering<UnaryOperation> =>
  (node, { emitter, get }) => {
    const x = get(inputAt(node, 0));
    return x.dtype === 'float32' ? mapElements(emitter, operator, x) : x;
  };

const pair = (emitter: Emitter, operator: string, a: Lowered, b: Lowered) =>
  broadcast(emitter, operator, [a, b], a.shape, 'float32');

/** `tanh(x / 2) * (exp(x) + 1)`, which loses no digits near zero. */
const expMinusOne: Compute = (x, emitter) => {
  const half = pair(emitter, 'Mul', x, floatOperand(emitter, 0.5));
  const above = pair(emitter, 'Add', mapElements(emitter, 'Exp', x), floatOperand(emitter, 1));
  return pair(emitter, 'Mul', mapElements(emitter, 'Tanh', half), above);
};

/** With u = 1 + x as rounded: `x * log(u) / (u - 1)`, and x itself where u is 1. */
const logOnePlus: Compute = (x, emitter) => {
  const one = floatOperand(emitter, 1);
  const above = pair(emitter, 'Add', x, one);
  const ratio = pair(emitter, 'Div', x, pair(emitter, 'Sub', above, one));
  const corrected = pair(emitter, 'Mul', mapElements(emitter, 'Log', above), ratio);
  const isOne = broadcast(emitter, 'Equal', [above, one], x.shape, 'bool');
  const infinite = broadcast(emitter, 'Equal', [x, floatOperand(emitter, Infinity)], x.shape, 'bool');
  const asIs = broadcast(emitter, 'Or', [isOne, infinite], x.shape, 'bool');
  return broadcast(emitter, 'Where', [asIs, x, corrected], x.shape, 'float32');
};

const clip: Compute = (x, emitter) =>
  renamed(x, emitter.emit('Clip', [emitter.nameWithRank(x), emitter.float(0), emitter.float(6)]));

const reciprocalRoot: Compute = (x, emitter) => mapElements(emitter, 'Reciprocal', mapElements(emitter, 'Sqrt', x));

const test =
  (operators: readonly string[], negate = false): Lowering<UnaryOperation> =>
  (node, { emitter, get }) => {
    const x = castTo(emitter, get(inputAt(node, 0)), 'float32');
    const tests = operators.map((operator) => mapElements(emitter, operator, x, 'bool'));
    const any = tests.reduce((a, b) => broadcast(emitter, 'Or', [a, b], x.shape, 'bool'));
    return negate ? mapElements(emitter, 'Not', any) : any;
  };

export const unaryLowerings: LoweringTable<UnaryOperation> = {
  Abs: onNumbers('Abs'),
  Acos: direct('Acos'),
  Acosh: direct('Acosh'),
  Asin: direct('Asin'),
  Asinh: direct('Asinh'),
  Atan: direct('Atan'),
  Atanh: direct('Atanh'),
  Cast: (node, { emitter, get }) => castTo(emitter, get(inputAt(node, 0)), node.dtype),
  Ceil: rounding('Ceil'),
  Cos: direct('Cos'),
  Cosh: direct('Cosh'),
  Elu: direct('Elu'),
  Erf: direct('Erf'),
  Exp: direct('Exp'),
  Expm1: onFloats(expMinusOne),
  Floor: rounding('Floor'),
  IsFinite: test(['IsInf', 'IsNaN'], true),
  IsInf: test(['IsInf']),
  IsNan: test(['IsNaN']),
  Log: direct('Log'),
  Log1p: onFloats(logOnePlus),
  LogicalNot: (node, { emitter, get }) => mapElements(emitter, 'Not', castTo(emitter, get(inputAt(node, 0)), 'bool')),
  Neg: onNumbers('Neg'),
  Reciprocal: direct('Reciprocal'),
  Relu: onNumbers('Relu'),
  Relu6: onFloats(clip),
  Round: rounding('Round'),
  Rsqrt: onFloats(reciprocalRoot),
  Selu: direct('Selu'),
  Sigmoid: direct('Sigmoid'),
  Sign: onNumbers('Sign'),
  Sin: direct('Sin'),
  Sinh: direct('Sinh'),
  Softplus: direct('Softplus'),
  Sqrt: direct('Sqrt'),
  Square: (node, { emitter, get }) => {
    const x = get(inputAt(node, 0));
    const name = emitter.nameWithRank(x);
    return renamed(x, emitter.emit('Mul', [name, name]));
  },
  Tan: direct('Tan'),
  Tanh: direct('Tanh'),
};
