import * as tf from '@tensorflow/tfjs';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs';

/** Puts another function in the place of a kernel of TensorFlow.js's CPU backend. */
export function replaceKernel(kernelName: string, make: (former: KernelFunc) => KernelFunc): void {
  const former = tf.getKernel(kernelName, 'cpu');
  tf.unregisterKernel(kernelName, 'cpu');
  tf.registerKernel({ kernelName, backendName: 'cpu', kernelFunc: make(former.kernelFunc) });
}

export type Values = Float32Array | Int32Array | Uint8Array;

/** The values of a tensor of numbers or truths. */
export function valuesOf({ dataId }: TensorInfo): Values {
  const values = tf.engine().readSync(dataId);
  if (values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array) return values;
  throw new Error('The kernel takes numbers');
}

/** A new tensor of the active backend. */
export function tensorOf(values: Values, shape: readonly number[], dtype: tf.DataType): TensorInfo {
  return { dataId: tf.engine().backend.write(values, [...shape], dtype), shape: [...shape], dtype };
}
