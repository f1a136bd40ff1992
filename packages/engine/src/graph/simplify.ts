import { sameShape, sizeOf } from '../tensor-value.js';
import type { GraphBuilder, NodeDraft } from './graph-builder.js';
import type { OperationName } from './operations.js';
import { isNode } from './value.js';
import type { SplatValue, Value } from './value.js';

/** A node about to be recorded, with the graph it would go into. */
interface Candidate {
  readonly draft: NodeDraft<OperationName>;
  readonly graph: GraphBuilder;
  /** The first two inputs; the first stands for a missing second. */
  readonly a: Value;
  readonly b: Value;
}

type Rule = (candidate: Candidate) => Value | undefined;

/**
 * Finds a simpler value equal to a node that is about to be recorded.
 *
 * A product with the literal zero counts as zero whatever the other factor is: gradients that are stopped vanish.
 */
export function simplify(draft: NodeDraft<OperationName>, graph: GraphBuilder): Value | undefined {
  const [a, b = a] = draft.inputs;
  if (a === undefined || b === undefined) return undefined;
  for (const rule of RULES[draft.operation] ?? []) {
    const simpler = rule({ draft, graph, a, b });
    if (simpler !== undefined) return simpler;
  }
  return undefined;
}

const unchanged: Rule = ({ draft, a }) => (sameShape(a.shape, draft.shape) && a.dtype === draft.dtype ? a : undefined);

/** A movement of elements, or a function of each, does to a splat what it does to one element. */
const ofSplat =
  (compute: (value: number) => number): Rule =>
  ({ draft, graph, a }) =>
    a.kind === 'splat' ? graph.splat(compute(a.value), draft.shape, draft.dtype) : undefined;

const moveSplat = ofSplat((value) => value);

/** Arithmetic on two splats, rounded as float32 is. */
const ofSplats =
  (compute: (a: number, b: number) => number): Rule =>
  ({ draft, graph, a, b }) =>
    a.kind === 'splat' && b.kind === 'splat' && draft.dtype === 'float32'
      ? graph.splat(compute(a.value, b.value), draft.shape, draft.dtype)
      : undefined;

/** The other operand, when one is the neutral element. */
const neutral =
  (number: number, sides: 'either' | 'second'): Rule =>
  ({ draft, graph, a, b }) => {
    const other = isSplat(b, number) ? a : sides === 'either' && isSplat(a, number) ? b : undefined;
    return other?.dtype === draft.dtype ? graph.broadcast(other, draft.shape) : undefined;
  };

const zeroWhen =
  (side: 'a' | 'b'): Rule =>
  (candidate) =>
    isSplat(candidate[side], 0) ? candidate.graph.splat(0, candidate.draft.shape, candidate.draft.dtype) : undefined;

const zeroWhenEither: readonly Rule[] = [zeroWhen('a'), zeroWhen('b')];

const joinReshapes: Rule = ({ draft, graph, a }) => {
  if (isNode(a, 'Reshape') && a.inputs[0] !== undefined) return graph.reshape(a.inputs[0], draft.shape);
  return a.kind === 'literal' ? graph.literal(a.data, draft.shape, draft.dtype) : undefined;
};

const joinTransposes: Rule = ({ draft, graph, a }) => {
  const axes = 'permutation' in draft.attributes ? draft.attributes.permutation : undefined;
  if (!Array.isArray(axes)) return undefined;
  const permutation = axes.map(Number);
  if (permutation.every((axis, position) => axis === position)) return a;
  if (!isNode(a, 'Transpose') || a.inputs[0] === undefined) return undefined;
  const inner = a.attributes.permutation;
  return graph.transpose(
    a.inputs[0],
    permutation.map((axis) => inner[axis] ?? 0),
  );
};

const power: Rule = ({ draft, graph, a, b }) => {
  if (draft.dtype !== 'float32' || a.dtype !== 'float32') return undefined;
  if (isSplat(b, 0)) return graph.splat(1, draft.shape, draft.dtype);
  if (isSplat(b, 1)) return graph.broadcast(a, draft.shape);
  return isSplat(b, 2) ? graph.broadcast(graph.node('Square', [a], {}, a.shape, a.dtype), draft.shape) : undefined;
};

const isEmpty = ({ shape }: Value) => sizeOf(shape) === 0;

/** What an operation that adds up, or chooses, makes of no elements. */
const ofNothing =
  (value: number): Rule =>
  ({ draft, graph, a, b }) =>
    isEmpty(a) || isEmpty(b) ? graph.splat(value, draft.shape, draft.dtype) : undefined;

/** The target, when nothing is scattered into it. */
const nothingScattered: Rule = ({ draft, a }) => (draft.inputs.slice(1).some(isEmpty) ? a : undefined);

const paddingOnly: Rule = ({ draft, graph, a }) =>
  isEmpty(a) && 'constant' in draft.attributes
    ? graph.splat(draft.attributes.constant, draft.shape, draft.dtype)
    : undefined;

const equality: Rule = ({ draft, graph, a, b }) =>
  a.kind === 'splat' && b.kind === 'splat' ? graph.splat(Number(a.value === b.value), draft.shape, 'bool') : undefined;

const chosen: Rule = ({ draft, graph, a }) => {
  const branch = a.kind === 'splat' ? draft.inputs[a.value !== 0 ? 1 : 2] : undefined;
  return branch?.dtype === draft.dtype ? graph.broadcast(branch, draft.shape) : undefined;
};

const RULES: Partial<Record<OperationName, readonly Rule[]>> = {
  Add: [ofSplats((a, b) => a + b), neutral(0, 'either')],
  All: [ofNothing(1)],
  Any: [ofNothing(0)],
  AvgPoolGrad: [zeroWhen('b')],
  BatchMatMul: [ofNothing(0), ...zeroWhenEither],
  BroadcastTo: [unchanged, moveSplat],
  Cast: [unchanged, moveSplat],
  Conv2DBackpropFilter: [ofNothing(0), ...zeroWhenEither],
  Conv2DBackpropInput: [ofNothing(0), ...zeroWhenEither],
  DepthwiseConv2DBackpropFilter: [ofNothing(0), ...zeroWhenEither],
  DepthwiseConv2DBackpropInput: [ofNothing(0), ...zeroWhenEither],
  Equal: [equality],
  Max: [ofNothing(-Infinity)],
  MaxPoolGrad: [zeroWhen('b')],
  Mean: [ofNothing(NaN)],
  Min: [ofNothing(Infinity)],
  Multiply: [...zeroWhenEither, ofSplats((a, b) => a * b), neutral(1, 'either')],
  Neg: [ofSplat((value) => -value)],
  Pad: [paddingOnly],
  Pow: [power],
  Prod: [ofNothing(1)],
  RealDiv: [zeroWhen('a'), ofSplats((a, b) => a / b), neutral(1, 'second')],
  ReluGrad: [zeroWhen('a')],
  Reshape: [unchanged, moveSplat, joinReshapes],
  ScatterAdd: [nothingScattered],
  ScatterUpdate: [nothingScattered],
  Select: [chosen],
  Slice: [moveSplat],
  Square: [ofSplat((value) => value * value)],
  Sub: [ofSplats((a, b) => a - b), neutral(0, 'second')],
  Sum: [ofNothing(0), zeroWhen('a')],
  Tile: [unchanged, moveSplat],
  Transpose: [moveSplat, joinTransposes],
};

function isSplat(value: Value, number: number): value is SplatValue {
  return value.kind === 'splat' && value.value === number;
}
