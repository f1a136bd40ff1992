import * as tf from '@tensorflow/tfjs';
import { interpolationMatrix } from '../graph/interpolation.js';
import { KernelAttributes } from '../kernel-attributes.js';
import type { Replacement } from './replace-kernel.js';

/** tfjs-node forgets `halfPixelCenters` in the gradient of resizing: there, rows and columns go back by matrix products. */
export function halfPixelGradient(method: 'bilinear' | 'nearest'): Replacement {
  return (call, former) => {
    const attributes = new KernelAttributes('of a resizing', call.attrs);
    const halfPixelCenters = attributes.flag('halfPixelCenters');
    if (!halfPixelCenters) return former(call);
    const flags = { halfPixelCenters, alignCorners: attributes.flag('alignCorners') };
    const { images, dy } = call.inputs;
    /** What each of the rows, or columns, of dy gives to those of the image: `[from, to]`. */
    const matrix = (axis: 1 | 2) => {
      const [from = 0, to = 0] = [images.shape[axis], dy.shape[axis]];
      return tf.tensor2d(interpolationMatrix(method, flags, from, to), [from, to]);
    };
    const tall = tf.einsum('hr,brkc->bhkc', matrix(1), dy);
    return tf.einsum('wk,bhkc->bhwc', matrix(2), tall);
  };
}
