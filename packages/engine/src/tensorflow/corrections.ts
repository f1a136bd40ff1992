import * as tf from '@tensorflow/tfjs';
import { KernelAttributes } from '../kernel-attributes.js';
import { registerHostKernels } from './host-kernels.js';
import { registerNumericPadding } from './numeric-padding.js';
import type { Replacement } from './replace-kernel.js';
import { replaceKernel } from './replace-kernel.js';
import { halfPixelGradient } from './resize-gradient.js';

let registered = false;

/** Makes the kernels of tfjs-node keep the contract of TensorFlow.js where they do not; once in a process. */
export function registerCorrections(): void {
  if (registered) return;
  registered = true;
  registerHostKernels();
  registerNumericPadding();
  replaceKernel('FloorDiv', wholeQuotient);
  replaceKernel('GatherV2', axisFromTheFront);
  replaceKernel('SparseToDense', inAnyOrder);
  replaceKernel('ResizeBilinearGrad', halfPixelGradient('bilinear'));
  replaceKernel('ResizeNearestNeighborGrad', halfPixelGradient('nearest'));
}

/** TensorFlow keeps the element type of the operands; TensorFlow.js gives whole numbers. */
const wholeQuotient: Replacement = (call, former) => tf.cast(former(call), 'int32');

/** tfjs-node checks indices against the extent of an axis, and finds none for a negative one. */
const axisFromTheFront: Replacement = ({ inputs, attrs }, former) => {
  const axis = new KernelAttributes('GatherV2', attrs).axis('axis', inputs.x.rank);
  return former({ inputs, attrs: { ...attrs, axis } });
};

/** TensorFlow takes indices in ascending order only. */
const inAnyOrder: Replacement = ({ inputs, attrs }) => {
  const { sparseIndices, sparseValues, defaultValue } = inputs;
  const shape = [...new KernelAttributes('SparseToDense', attrs).numbers('outputShape')];
  const indices = tf.reshape(sparseIndices, [-1, shape.length]);
  const values = tf.broadcastTo(sparseValues, [indices.shape[0]]);
  return tf.tensorScatterUpdate(tf.broadcastTo(defaultValue, shape), indices, values);
};
