import type { TensorDataType } from '../../engine.js';
import { sameShape } from '../../tensor-value.js';
import type { Layout } from './layout.js';
import { identityLayout, physicalDims } from './layout.js';

/** A value of the graph as a tensor of the ONNX model. */
export interface Lowered {
  /** The ONNX tensor. */
  readonly name: string;
  /** Logical shape: that of the value. */
  readonly shape: readonly number[];
  readonly dtype: TensorDataType;
  readonly layout: Layout;
  /** Extents in memory; 1 where the logical extent is larger and the repetition is still to be made. */
  readonly dims: readonly number[];
  /** The number in every place, where it is known. */
  readonly splat?: number;
  /** Forms of this tensor made so far, by a key that names the form. */
  readonly forms: Map<string, Lowered>;
  /** ONNX tensors derived from it, by a key that names the derivation. */
  readonly derived: Map<string, string>;
}

export interface LoweredOptions {
  readonly layout?: Layout;
  readonly dims?: readonly number[];
  readonly splat?: number;
}

export function lowered(
  name: string,
  shape: readonly number[],
  dtype: TensorDataType,
  options: LoweredOptions = {},
): Lowered {
  const layout = options.layout ?? identityLayout(shape.length);
  const dims = options.dims ?? physicalDims(shape, layout);
  return { name, shape, dtype, layout, dims, splat: options.splat, forms: new Map(), derived: new Map() };
}

/** Whether every repetition is made: the extents in memory are the logical ones. */
export function isFull(value: Lowered): boolean {
  return sameShape(value.dims, physicalDims(value.shape, value.layout));
}
