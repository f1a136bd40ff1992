import * as tf from '@tensorflow/tfjs';
import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs';
import { EngineError } from '../errors.js';
import { TENSORFLOW_BACKEND } from './load-tensorflow.js';

export type NamedTensorMap = Readonly<Record<string, tf.Tensor>>;

/** One call of a kernel. */
export interface KernelCall {
  readonly inputs: NamedTensorMap;
  readonly attrs: tf.NamedAttrMap;
}

/** What stands in the place of a kernel; `former` is the kernel that it replaces. */
export type Replacement = (call: KernelCall, former: (call: KernelCall) => tf.Tensor) => tf.Tensor;

/** Puts a composition of ops in the place of a kernel of tfjs-node; it may call the former one. */
export function replaceKernel(kernelName: string, replacement: Replacement): void {
  const { kernelFunc } = tf.getKernel(kernelName, TENSORFLOW_BACKEND);
  const former = ({ inputs, attrs }: KernelCall): tf.Tensor => {
    return tensorOf(kernelName, kernelFunc({ inputs, attrs, backend: tf.engine().backend }));
  };
  tf.unregisterKernel(kernelName, TENSORFLOW_BACKEND);
  tf.registerKernel({
    kernelName,
    backendName: TENSORFLOW_BACKEND,
    kernelFunc: ({ inputs, attrs }) =>
      tf.tidy(() => replacement({ inputs: tensorsOf(kernelName, inputs), attrs: attrs ?? {} }, former)),
  });
}

function tensorsOf(kernelName: string, inputs: NamedTensorInfoMap): NamedTensorMap {
  const tensors: Record<string, tf.Tensor> = {};
  for (const [name, input] of Object.entries(inputs)) {
    if (input === undefined || input === null) continue;
    tensors[name] = tensorOf(kernelName, input);
  }
  return tensors;
}

function tensorOf(kernelName: string, info: TensorInfo | TensorInfo[]): tf.Tensor {
  if (isTensor(info)) return info;
  throw new EngineError(
    `The kernel ${kernelName} of tfjs-node takes and returns tensors; it was handed something else.`,
  );
}

function isTensor(value: unknown): value is tf.Tensor {
  return value instanceof tf.Tensor;
}
