import type { BatchedSpec, TensorData, TensorDataType, TensorValue } from './engine.js';

export const TENSOR_DATA_TYPES: readonly TensorDataType[] = ['float32', 'int32', 'bool'];

/** Number of elements of a shape; 1 for a scalar (`[]`). */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** `float32[2,3]`, as used in every error message; `float32[batch,3]`. */
export function describeSpec(spec: BatchedSpec): string {
  return `${spec.dtype}[${spec.shape.join(',')}]`;
}

/** A zero-filled host array of an element type. */
export function allocate(dtype: TensorDataType, size: number): TensorData {
  if (dtype === 'float32') return new Float32Array(size);
  return dtype === 'int32' ? new Int32Array(size) : new Uint8Array(size);
}

/** Copies numbers into a fresh host array of an element type. */
export function toTensorData(dtype: TensorDataType, values: ArrayLike<number>): TensorData {
  if (dtype === 'float32') return Float32Array.from(values);
  return dtype === 'int32' ? Int32Array.from(values) : Uint8Array.from(values);
}

/** Whether a host array is the one that the element type calls for. */
export function holdsType(dtype: TensorDataType, data: unknown): data is TensorData {
  if (dtype === 'float32') return data instanceof Float32Array;
  return dtype === 'int32' ? data instanceof Int32Array : data instanceof Uint8Array;
}

/** The name of the host array class that an element type calls for. */
export function arrayNameOf(dtype: TensorDataType): string {
  if (dtype === 'float32') return 'Float32Array';
  return dtype === 'int32' ? 'Int32Array' : 'Uint8Array';
}

/** Narrows a TensorFlow.js element type to one that may cross the border of a program. */
export function isTensorDataType(dtype: string): dtype is TensorDataType {
  return dtype === 'float32' || dtype === 'int32' || dtype === 'bool';
}

/** A copy of a value that shares no memory with it. */
export function copyValue(value: TensorValue): TensorValue {
  return { dtype: value.dtype, shape: value.shape, data: value.data.slice() };
}
