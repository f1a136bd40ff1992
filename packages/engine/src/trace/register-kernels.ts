import * as tf from '@tensorflow/tfjs';
import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs';
import { UnsupportedProgramError } from '../errors.js';
import { KernelCall } from './kernel-call.js';
import type { TraceKernel } from './kernel-call.js';
import { TRACE_KERNELS } from './kernels/index.js';
import { refusalOf } from './refused-kernels.js';
import { TRACE_BACKEND, traceBackend } from './trace-backend.js';

/** Registers a recording kernel for all that can be recorded and a refusing one for all else; once. */
export function registerTraceKernels(): void {
  for (const [name, kernel] of Object.entries(TRACE_KERNELS)) register(name, kernel);
  for (const { kernelName } of tf.getKernelsForBackend('cpu')) {
    if (!Object.hasOwn(TRACE_KERNELS, kernelName)) register(kernelName, refuse);
  }
}

function register(kernelName: string, kernel: TraceKernel): void {
  if (tf.getKernel(kernelName, TRACE_BACKEND)) return;
  tf.registerKernel({
    kernelName,
    backendName: TRACE_BACKEND,
    kernelFunc: ({ inputs, attrs }) => run(kernel, kernelName, inputs, attrs),
  });
}

function run(
  kernel: TraceKernel,
  name: string,
  inputs: NamedTensorInfoMap,
  attributes: tf.NamedAttrMap | undefined,
): TensorInfo | TensorInfo[] {
  const { recording } = traceBackend();
  recording.kernels.add(name);
  const result = kernel(new KernelCall(name, inputs, attributes ?? {}, recording));
  return 'shape' in result ? recording.add(result) : result.map((value) => recording.add(value));
}

const refuse: TraceKernel = (call) => {
  const { reason, advice } = refusalOf(call.kernel);
  throw new UnsupportedProgramError(call.op, reason, advice);
};
