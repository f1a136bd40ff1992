import * as tf from '@tensorflow/tfjs';
import { noGradient } from './kernel-gradient.js';

/** Kernels that broadcast their operands, and save both for their gradient. */
const BROADCASTING = ['Add', 'Atan2', 'Mod', 'Multiply', 'Prelu', 'RealDiv', 'Sub'] as const;

/** TensorFlow.js fails where an operand was broadcast to nothing: its gradient, a sum over nothing, is 0. */
export function registerGradientsOfNothing(): void {
  for (const kernelName of BROADCASTING) {
    const former = tf.getGradient(kernelName);
    const operands = former.inputsToSave ?? [];
    tf.registerGradient({
      ...former,
      gradFunc: (dy, saved, attributes) => {
        const [given] = Array.isArray(dy) ? dy : [dy];
        if (given === undefined || given.size > 0) return former.gradFunc(dy, saved, attributes);
        return Object.fromEntries(operands.map((name, index) => [name, noGradient(saved[index])]));
      },
    });
  }
}
