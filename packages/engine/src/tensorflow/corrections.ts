import * as tf from '@tensorflow/tfjs';
import { registerHostKernels } from './host-kernels.js';
import { registerNumericPadding } from './numeric-padding.js';
import { replaceKernel } from './replace-kernel.js';

let registered = false;

/** Makes the kernels of tfjs-node keep the contract of TensorFlow.js where they do not; once in a process. */
export function registerCorrections(): void {
  if (registered) return;
  registered = true;
  registerHostKernels();
  registerNumericPadding();
  // TensorFlow keeps the element type of the operands; TensorFlow.js gives whole numbers.
  replaceKernel('FloorDiv', (call, former) => tf.cast(former(call), 'int32'));
}
