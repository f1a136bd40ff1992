import type { TensorData, TensorDataType } from '../engine.js';
import type { OperationAttributes, OperationName } from './operations.js';

interface ValueBase {
  /** Position in the order of recording: every value comes after its inputs. */
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: TensorDataType;
}

/** A named tensor that comes from outside: a constant, a state entry or an input of the program, or random draws made on the host. */
export interface ArgumentValue extends ValueBase {
  readonly kind: 'argument';
  readonly role: 'constant' | 'state' | 'input' | 'draw';
  readonly name: string;
}

/** A table made on the host while the program was recorded. */
export interface LiteralValue extends ValueBase {
  readonly kind: 'literal';
  readonly data: TensorData;
}

/** One number in every place of a shape. */
export interface SplatValue extends ValueBase {
  readonly kind: 'splat';
  readonly value: number;
}

/** The result of one operation. */
export interface NodeOf<Name extends OperationName> extends ValueBase {
  readonly kind: 'node';
  readonly operation: Name;
  readonly inputs: readonly Value[];
  readonly attributes: OperationAttributes[Name];
}

export type NodeValue = { [Name in OperationName]: NodeOf<Name> }[OperationName];

export type Value = ArgumentValue | LiteralValue | SplatValue | NodeValue;

/** Narrows a value to the node of one operation. */
export function isNode<Name extends OperationName>(value: Value, operation: Name): value is NodeValue & NodeOf<Name> {
  return value.kind === 'node' && value.operation === operation;
}

/** The inputs of a node; none for other values. */
export function inputsOf(value: Value): readonly Value[] {
  return value.kind === 'node' ? value.inputs : [];
}
