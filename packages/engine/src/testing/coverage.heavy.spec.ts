import { describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs';
import { REFUSED_KERNELS } from '../trace/refused-kernels.js';
import { TRACE_KERNELS } from '../trace/kernels/index.js';
import { uncoveredKernels } from './coverage.js';

describe('the kernels of TensorFlow.js', () => {
  it('are recorded or refused, each of them', () => {
    const all = tf.getKernelsForBackend('cpu').map(({ kernelName }) => kernelName);
    const unknown = all.filter((name) => !Object.hasOwn(TRACE_KERNELS, name) && !Object.hasOwn(REFUSED_KERNELS, name));
    expect(unknown).toEqual([]);
    expect(Object.keys(REFUSED_KERNELS).filter((name) => Object.hasOwn(TRACE_KERNELS, name))).toEqual([]);
  });

  it('have a random test, and a checked gradient or a reason for none', () => {
    expect(uncoveredKernels()).toEqual([]);
  });
});
