import type { NodeOf, Value } from '../../graph/value.js';
import type { OperationName } from '../../graph/operations.js';
import type { Emitter } from './emitter.js';
import type { Lowered } from './lowered.js';
import type { ProductPlan } from './product-plan.js';

/** What the lowering of an operation may use. */
export interface LoweringContext {
  readonly emitter: Emitter;
  /** The lowered form of an input. */
  readonly get: (value: Value) => Lowered;
  /** Whether a value depends on constants alone: it is computed when the session starts. */
  readonly isConstant: (value: Value) => boolean;
  /** Whether a filter's gradient is computed from an image: its matrix of taps is needed anyway. */
  readonly isLearnedFrom: (image: Value) => boolean;
  /** How a product beside weights in blocks is computed. */
  readonly planOf: (product: Value) => ProductPlan | undefined;
}

/** Emits the ONNX nodes of one operation. */
export type Lowering<Name extends OperationName> = (node: NodeOf<Name>, context: LoweringContext) => Lowered;

/** Lowerings of some operations. */
export type LoweringTable<Name extends OperationName = OperationName> = {
  readonly [Key in Name]: Lowering<Key>;
};

/** The lowered inputs of a node, in order. */
export function inputsOf(node: { readonly inputs: readonly Value[] }, context: LoweringContext): readonly Lowered[] {
  return node.inputs.map((input) => context.get(input));
}

/** The n-th input of a node. */
export function inputAt(node: { readonly inputs: readonly Value[] }, position: number): Value {
  const input = node.inputs[position];
  if (input === undefined) throw new Error(`An operation lacks its input ${position}`);
  return input;
}
