import type { TensorData, TensorDataType } from '../engine.js';
import { EngineError } from '../errors.js';
import { sameShape, sizeOf } from '../tensor-value.js';
import type { OperationAttributes, OperationName } from './operations.js';
import { simplify } from './simplify.js';
import type { ArgumentValue, NodeOf, NodeValue, SplatValue, Value } from './value.js';

/** What identifies a node: equal operations on equal inputs are one value. */
export interface NodeDraft<Name extends OperationName> {
  readonly operation: Name;
  readonly inputs: readonly Value[];
  readonly attributes: OperationAttributes[Name];
  readonly shape: readonly number[];
  readonly dtype: TensorDataType;
}

export type AnyDraft = { [Name in OperationName]: NodeDraft<Name> }[OperationName];

/** Records values, each once: equal nodes are shared, and trivial algebra (`x + 0`, `x * 1`) is done on the way. */
export class GraphBuilder {
  private nextId = 0;
  private readonly known = new Map<string, Value>();

  argument(role: ArgumentValue['role'], name: string, shape: readonly number[], dtype: TensorDataType): ArgumentValue {
    return { kind: 'argument', id: this.nextId++, role, name, shape, dtype };
  }

  /** A host table; a splat when all its elements are equal. */
  literal(data: TensorData, shape: readonly number[], dtype: TensorDataType): Value {
    if (data.length !== sizeOf(shape)) {
      throw new EngineError(`A table of ${data.length} elements cannot have the shape [${shape.join(',')}].`);
    }
    const first = data[0];
    if (first !== undefined && data.every((element) => Object.is(element, first))) {
      return this.splat(first, shape, dtype);
    }
    return { kind: 'literal', id: this.nextId++, data, shape, dtype };
  }

  splat(value: number, shape: readonly number[], dtype: TensorDataType): SplatValue {
    return { kind: 'splat', id: this.nextId++, value: roundTo(dtype, value), shape, dtype };
  }

  node<Name extends OperationName>(
    operation: Name,
    inputs: readonly Value[],
    attributes: OperationAttributes[Name],
    shape: readonly number[],
    dtype: TensorDataType,
  ): Value {
    if (sizeOf(shape) === 0) return this.splat(0, shape, dtype);
    const draft: NodeDraft<Name> = { operation, inputs, attributes, shape, dtype };
    const simpler = simplify(draft, this);
    if (simpler !== undefined) {
      if (!sameShape(simpler.shape, shape) || simpler.dtype !== dtype) {
        throw new EngineError(`Simplifying ${operation} changed its result.`);
      }
      return simpler;
    }
    const key = keyOf(draft);
    const former = this.known.get(key);
    if (former !== undefined) return former;
    const node = asNode({ kind: 'node', id: this.nextId++, ...draft });
    this.known.set(key, node);
    return node;
  }

  reshape(x: Value, shape: readonly number[]): Value {
    return this.node('Reshape', [x], {}, shape, x.dtype);
  }

  transpose(x: Value, permutation: readonly number[]): Value {
    const shape = permutation.map((axis) => x.shape[axis] ?? 0);
    return this.node('Transpose', [x], { permutation }, shape, x.dtype);
  }

  cast(x: Value, dtype: TensorDataType): Value {
    return this.node('Cast', [x], {}, x.shape, dtype);
  }

  broadcast(x: Value, shape: readonly number[]): Value {
    return this.node('BroadcastTo', [x], {}, shape, x.dtype);
  }
}

/** Distributes the name over the union of node types; the fields fit by construction. */
function asNode<Name extends OperationName>(node: NodeOf<Name>): NodeValue {
  return node as NodeValue;
}

function roundTo(dtype: TensorDataType, value: number): number {
  if (dtype === 'float32') return Math.fround(value);
  return dtype === 'int32' ? Math.trunc(value) | 0 : Number(value !== 0);
}

function keyOf(draft: NodeDraft<OperationName>): string {
  const inputs = draft.inputs.map(keyOfInput).join(',');
  return `${draft.operation}(${inputs})${JSON.stringify(draft.attributes)}${draft.dtype}[${draft.shape.join(',')}]`;
}

function keyOfInput(value: Value): string {
  if (value.kind !== 'splat') return String(value.id);
  const bits = Object.is(value.value, -0) ? '-0' : String(value.value);
  return `${bits}:${value.dtype}[${value.shape.join(',')}]`;
}
