import * as tf from '@tensorflow/tfjs';
import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs';
import { EngineError } from '../errors.js';
import { holdsType, isTensorDataType, toTensorData } from '../tensor-value.js';
import { TENSORFLOW_BACKEND } from './load-tensorflow.js';

/** Gives the backend the kernels that tfjs-node lacks: those of the JavaScript backend, over copies of the tensors. */
export function registerHostKernels(): void {
  for (const { kernelName } of tf.getKernelsForBackend('cpu')) {
    if (tf.getKernel(kernelName, TENSORFLOW_BACKEND)) continue;
    tf.registerKernel({
      kernelName,
      backendName: TENSORFLOW_BACKEND,
      kernelFunc: ({ inputs, attrs }) => runOnHost(kernelName, inputs, attrs),
    });
  }
}

function runOnHost(
  kernelName: string,
  inputs: NamedTensorInfoMap,
  attrs: tf.NamedAttrMap | undefined,
): TensorInfo | TensorInfo[] {
  const host = tf.findBackend('cpu');
  const kernel = tf.getKernel(kernelName, 'cpu');
  const made: object[] = [];
  const toHost = ({ dataId, shape, dtype }: TensorInfo): TensorInfo => {
    const copy = host.write(tf.engine().readSync(dataId), shape, dtype);
    made.push(copy);
    return { dataId: copy, shape, dtype };
  };
  const fromHost = ({ dataId, shape, dtype }: TensorInfo): TensorInfo => {
    made.push(dataId);
    return { dataId: tf.engine().backend.write(hostData(host, dataId, dtype), shape, dtype), shape, dtype };
  };
  try {
    const results = kernel.kernelFunc({ inputs: mapInputs(inputs, toHost), attrs, backend: host });
    return Array.isArray(results) ? results.map(fromHost) : fromHost(results);
  } finally {
    for (const dataId of made) host.disposeData(dataId, true);
  }
}

function mapInputs(inputs: NamedTensorInfoMap, map: (tensor: TensorInfo) => TensorInfo): NamedTensorInfoMap {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, tensor]) => [name, tensor === undefined ? undefined : map(tensor)]),
  );
}

/** In an array of the element type: the JavaScript backend does not always keep to it. */
function hostData(host: tf.KernelBackend, dataId: object, dtype: tf.DataType): tf.BackendValues {
  const values: unknown = host.readSync(dataId);
  if (!isTensorDataType(dtype)) throw new EngineError(`A kernel returned a tensor of type ${dtype}.`);
  if (holdsType(dtype, values)) return values;
  if (!isNumberArray(values)) throw new EngineError('A kernel of the JavaScript backend returned no numbers.');
  return toTensorData(dtype, values);
}

function isNumberArray(values: unknown): values is ArrayLike<number> {
  return Array.isArray(values) || (ArrayBuffer.isView(values) && !(values instanceof DataView));
}
